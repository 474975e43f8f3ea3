#include <utility>

#include "store/attempt_end.hpp"
#include "store/blobs.hpp"
#include "store/job_rows.hpp"
#include "store/job_store.hpp"

namespace mlserve::store {
namespace {

bool holds(Connection& connection, const Attempt& attempt) {
  const Result found = connection.run(
      "SELECT 1 FROM mlserve_jobs WHERE id = $1 AND token = $2 AND status = 'running' {for_update}",
      {attempt.job, attempt.token});
  return !found.rows.empty();
}

/// Whether the attempt has ended by its own word: the token stays with a job until another attempt
/// or somebody else ends this one. So a repeated call finds what the first one has done.
bool has_ended_itself(Connection& connection, const Attempt& attempt) {
  const Result found = connection.run(
      "SELECT 1 FROM mlserve_jobs WHERE id = $1 AND token = $2 AND status <> 'running'",
      {attempt.job, attempt.token});
  return !found.rows.empty();
}

/// The attempt's pieces become a result.
void keep_result(Connection& connection, const BlobId& blob, const JobResult& result) {
  if (result.last_number > 0 && !result.last_piece.empty())
    blobs::append(connection, blob, result.last_number, result.last_piece);
  if (blobs::keep(connection, blob)) return;
  if (result.last_number > 0)
    throw Error(ErrorKind::internal, "the pieces of a job's result are not there");
  blobs::put(connection, blob, result.last_piece);
}

/// Whether the attempt's result is the job's: it has finished it.
bool has_finished(Connection& connection, const Attempt& attempt) {
  const Result found = connection.run("SELECT 1 FROM mlserve_jobs WHERE id = $1 AND result = $2",
                                      {attempt.job, attempt.token});
  return !found.rows.empty();
}

void add_version(Connection& connection, const NewVersion& version, const std::string& job) {
  // Another job may take the same number at the same moment: then the next one.
  for (;;) {
    const Result added = connection.run(
        "INSERT INTO mlserve_versions (name, version, checksum, promoted, job, created_at) "
        "SELECT CAST($1 AS TEXT), COALESCE(MAX(version), 0) + 1, CAST($2 AS TEXT), "
        "CAST($3 AS BIGINT), CAST($4 AS TEXT), {now} FROM mlserve_versions WHERE name = $1 "
        "ON CONFLICT (name, version) DO NOTHING",
        {version.name, version.checksum, std::int64_t{version.promote}, job});
    if (added.changed > 0) return;
  }
}

}  // namespace

std::optional<Job> JobStore::claim(const ClaimRequest& request) {
  static const std::string claim_sql =
      "UPDATE mlserve_jobs SET status = 'running', token = $1, worker = $2, lease = $3, "
      "renewed_at = {now}, started_at = {now}, attempts = attempts + 1, progress = 0 "
      "WHERE id = (SELECT id FROM mlserve_jobs WHERE status = 'queued' ORDER BY sequence LIMIT 1 "
      "{skip_locked}) RETURNING " +
      rows::kColumns;
  static const std::string claimed_sql =
      "UPDATE mlserve_jobs SET renewed_at = {now} WHERE token = $1 AND status = 'running' "
      "RETURNING " +
      rows::kColumns;
  bool again = request.again;
  return database_.write([&](Connection& connection) -> std::optional<Job> {
    Result found;
    if (std::exchange(again, true)) found = connection.run(claimed_sql, {request.token});
    if (found.rows.empty()) {
      found = connection.run(claim_sql, {request.token, request.worker,
                                         static_cast<std::int64_t>(request.lease.count())});
    }
    if (found.rows.empty()) return std::nullopt;
    return rows::job(found.rows.front());
  });
}

bool JobStore::renew(const Attempt& attempt, double progress) {
  return database_.write([&](Connection& connection) {
    return connection
               .run(
                   "UPDATE mlserve_jobs SET renewed_at = {now}, progress = $3 "
                   "WHERE id = $1 AND token = $2 AND status = 'running'",
                   {attempt.job, attempt.token, progress})
               .changed > 0;
  });
}

bool JobStore::append_result(const Attempt& attempt, std::int64_t number, std::string_view bytes) {
  return database_.write([&](Connection& connection) {
    if (!holds(connection, attempt)) return false;
    if (number == 0) blobs::make(connection, attempt.token);
    return blobs::append(connection, attempt.token, number, bytes);
  });
}

bool JobStore::finish(const Attempt& attempt, const JobResult& result) {
  return database_.write([&](Connection& connection) {
    const Result ended = connection.run(
        "UPDATE mlserve_jobs SET status = 'succeeded', finished_at = {now}, "
        "expires_at = {now} + $3, progress = 1, result = $2, summary = $4 "
        "WHERE id = $1 AND token = $2 AND status = 'running' RETURNING body",
        {attempt.job, attempt.token, static_cast<std::int64_t>(result.time_to_live.count()),
         result.summary});
    if (ended.rows.empty()) return has_finished(connection, attempt);
    keep_result(connection, attempt.token, result);
    blobs::drop(connection, ended.rows.front().text(0));
    if (result.version) add_version(connection, *result.version, attempt.job);
    return true;
  });
}

bool JobStore::fail(const Attempt& attempt, const std::string& reason, int max_attempts,
                    std::chrono::milliseconds time_to_live) {
  return database_.write([&](Connection& connection) {
    if (!holds(connection, attempt)) return has_ended_itself(connection, attempt);
    end_attempt(connection, attempt.job, reason, max_attempts, time_to_live);
    return true;
  });
}

bool JobStore::give_back(const Attempt& attempt) {
  return database_.write([&](Connection& connection) {
    const Result given = connection.run(
        "UPDATE mlserve_jobs SET status = 'queued', attempts = attempts - 1, progress = 0 "
        "WHERE id = $1 AND token = $2 AND status = 'running'",
        {attempt.job, attempt.token});
    return given.changed > 0 || has_ended_itself(connection, attempt);
  });
}

}  // namespace mlserve::store
