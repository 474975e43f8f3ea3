#include "store/model_store.hpp"

#include "core/error.hpp"
#include "core/text.hpp"
#include "core/uuid.hpp"
#include "store/blobs.hpp"

namespace mlserve::store {
namespace {

constexpr const char* kVersionColumns = "name, version, checksum, promoted, job, created_at";

std::vector<ModelVersion> versions_of(const Result& result) {
  std::vector<ModelVersion> versions;
  for (const Row& row : result.rows) {
    versions.push_back({row.text(0), row.integer(1), row.text(2), row.integer(3) != 0, row.text(4),
                        Time(std::chrono::milliseconds(row.integer(5)))});
  }
  return versions;
}

bool touch(Connection& connection, const std::string& checksum) {
  return connection.run("UPDATE mlserve_models SET used_at = {now} WHERE checksum = $1", {checksum})
             .changed > 0;
}

/// "" when the model is not there.
BlobId stored_blob(Connection& connection, const std::string& checksum) {
  const Result found =
      connection.run("SELECT blob FROM mlserve_models WHERE checksum = $1", {checksum});
  return found.rows.empty() ? BlobId() : found.rows.front().text(0);
}

}  // namespace

void ModelStore::publish(const std::string& checksum, std::string_view text) {
  if (database_.write([&](Connection& connection) { return touch(connection, checksum); })) return;
  const BlobId blob = make_uuid();
  database_.write([&](Connection& connection) { blobs::make(connection, blob); });
  for (std::int64_t number = 0; !text.empty() || number == 0; ++number) {
    const std::string_view piece = text.substr(0, kMaxPieceBytes);
    text.remove_prefix(piece.size());
    database_.write(
        [&](Connection& connection) { blobs::append(connection, blob, number, piece); });
  }
  database_.write([&](Connection& connection) {
    const Result added = connection.run(
        "INSERT INTO mlserve_models (checksum, blob, used_at) VALUES ($1, $2, {now}) "
        "ON CONFLICT (checksum) DO NOTHING",
        {checksum, blob});
    if (added.changed > 0) {
      blobs::keep(connection, blob);
    } else if (stored_blob(connection, checksum) != blob) {
      blobs::drop(connection, blob);  // another has published it in the meantime
    }
  });
}

std::string ModelStore::text(const std::string& checksum) {
  return database_.read([&](Connection& connection) {
    const std::string blob = stored_blob(connection, checksum);
    if (blob.empty()) throw Error(ErrorKind::not_found, "no model " + checksum + " in the store");
    std::string text;
    for (std::int64_t number = 0;; ++number) {
      const auto piece = blobs::piece(connection, blob, number);
      if (!piece) return text;
      text += *piece;
    }
  });
}

std::vector<ModelVersion> ModelStore::promoted(std::int64_t most) {
  static const std::string sql =
      std::string("SELECT ") + kVersionColumns + " FROM (SELECT " + kVersionColumns +
      ", ROW_NUMBER() OVER (PARTITION BY name ORDER BY version DESC) AS place "
      "FROM mlserve_versions WHERE promoted = 1) AS placed WHERE place <= $1 "
      "ORDER BY name, version";
  return database_.read(
      [&](Connection& connection) { return versions_of(connection.run(sql, {most})); });
}

std::vector<ModelVersion> ModelStore::versions() {
  static const std::string sql =
      std::string("SELECT ") + kVersionColumns + " FROM mlserve_versions ORDER BY name, version";
  return database_.read([&](Connection& connection) { return versions_of(connection.run(sql)); });
}

std::vector<ModelVersion> ModelStore::versions(std::string_view name) {
  static const std::string sql = std::string("SELECT ") + kVersionColumns +
                                 " FROM mlserve_versions WHERE name = $1 ORDER BY version";
  return database_.read(
      [&](Connection& connection) { return versions_of(connection.run(sql, {name})); });
}

void ModelStore::promote(std::string_view name, std::int64_t version) {
  database_.write([&](Connection& connection) {
    const Result promoted =
        connection.run("UPDATE mlserve_versions SET promoted = 1 WHERE name = $1 AND version = $2",
                       {name, version});
    if (promoted.changed == 0) {
      throw Error(ErrorKind::not_found, "no version " + std::to_string(version) + " of model '" +
                                            shown(name) + "' in the store");
    }
    connection.run(
        "UPDATE mlserve_versions SET promoted = 0 "
        "WHERE name = $1 AND version > $2 AND promoted = 1",
        {name, version});
  });
}

void ModelStore::withdraw(std::string_view name) {
  database_.write([&](Connection& connection) {
    connection.run("UPDATE mlserve_versions SET promoted = 0 WHERE name = $1 AND promoted = 1",
                   {name});
  });
}

}  // namespace mlserve::store
