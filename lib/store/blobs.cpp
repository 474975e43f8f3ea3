#include "store/blobs.hpp"

#include "core/error.hpp"

namespace mlserve::store::blobs {
namespace {

// Some megabytes or some small blobs at a time: others wait for the lock no longer than for a piece
// that is written.
constexpr std::int64_t kBuriedPieces = 4;
constexpr std::int64_t kBuriedBlobs = 50;

void require_piece(std::string_view bytes) {
  if (bytes.size() > kMaxPieceBytes)
    throw Error(ErrorKind::invalid_argument, "a piece of a blob is too large");
}

}  // namespace

void make(Connection& connection, const BlobId& blob) {
  connection.run(
      "INSERT INTO mlserve_blobs (id, state, bytes, written_at) VALUES ($1, 'loose', 0, {now}) "
      "ON CONFLICT (id) DO NOTHING",
      {blob});
}

void put(Connection& connection, const BlobId& blob, std::string_view bytes) {
  require_piece(bytes);
  connection.run(
      "INSERT INTO mlserve_blobs (id, state, bytes, written_at) VALUES ($1, 'kept', $2, {now})",
      {blob, static_cast<std::int64_t>(bytes.size())});
  connection.run("INSERT INTO mlserve_pieces (blob, number, bytes) VALUES ($1, 0, $2)",
                 {blob, Bytes{bytes}});
}

bool append(Connection& connection, const BlobId& blob, std::int64_t number,
            std::string_view bytes) {
  require_piece(bytes);
  const Result known = connection.run(
      "SELECT 1 FROM mlserve_blobs WHERE id = $1 AND state = 'loose' {for_update}", {blob});
  if (known.rows.empty()) return false;
  const Result added = connection.run(
      "INSERT INTO mlserve_pieces (blob, number, bytes) VALUES ($1, $2, $3) "
      "ON CONFLICT (blob, number) DO NOTHING",
      {blob, number, Bytes{bytes}});
  if (added.changed > 0) {
    connection.run("UPDATE mlserve_blobs SET bytes = bytes + $2, written_at = {now} WHERE id = $1",
                   {blob, static_cast<std::int64_t>(bytes.size())});
  }
  return true;
}

bool keep(Connection& connection, const BlobId& blob) {
  return connection
             .run("UPDATE mlserve_blobs SET state = 'kept' WHERE id = $1 AND state <> 'dead'",
                  {blob})
             .changed > 0;
}

void drop(Connection& connection, const BlobId& blob) {
  const Result large =
      connection.run("UPDATE mlserve_blobs SET state = 'dead' WHERE id = $1 AND bytes > $2",
                     {blob, static_cast<std::int64_t>(kMaxPieceBytes)});
  if (large.changed > 0) return;
  connection.run("DELETE FROM mlserve_pieces WHERE blob = $1", {blob});
  connection.run("DELETE FROM mlserve_blobs WHERE id = $1", {blob});
}

std::optional<std::string> piece(Connection& connection, const BlobId& blob, std::int64_t number) {
  const Result found = connection.run(
      "SELECT bytes FROM mlserve_pieces WHERE blob = $1 AND number = $2", {blob, number});
  if (found.rows.empty()) return std::nullopt;
  return found.rows.front().text(0);
}

std::uint64_t total_bytes(Connection& connection) {
  const Result sum = connection.run(
      "SELECT CAST(COALESCE(SUM(bytes), 0) AS BIGINT) FROM mlserve_blobs WHERE state <> 'dead'");
  return static_cast<std::uint64_t>(sum.rows.front().integer(0));
}

bool bury_some(Connection& connection) {
  const Result dead = connection.run(
      "SELECT id FROM mlserve_blobs WHERE state = 'dead' ORDER BY id LIMIT $1 {skip_locked}",
      {kBuriedBlobs});
  std::int64_t pieces = 0;
  for (const Row& row : dead.rows) {
    const std::string blob = row.text(0);
    const std::int64_t most = kBuriedPieces - pieces;
    const Result deleted = connection.run(
        "DELETE FROM mlserve_pieces WHERE blob = $1 AND number IN "
        "(SELECT number FROM mlserve_pieces WHERE blob = $1 ORDER BY number LIMIT $2)",
        {blob, most});
    if (deleted.changed < most) connection.run("DELETE FROM mlserve_blobs WHERE id = $1", {blob});
    pieces += deleted.changed;
    if (pieces >= kBuriedPieces) break;
  }
  return !dead.rows.empty();
}

}  // namespace mlserve::store::blobs
