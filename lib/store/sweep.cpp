#include "store/attempt_end.hpp"
#include "store/blobs.hpp"
#include "store/job_rows.hpp"
#include "store/job_store.hpp"

namespace mlserve::store {
namespace {

// Of each kind in one transaction, so that nobody waits long for its lock.
constexpr std::int64_t kBatch = 200;

/// A model that no job and no version needs may still be on its way into a job.
constexpr std::int64_t kUnusedModelMilliseconds = 3'600'000;

std::int64_t count(std::chrono::milliseconds duration) { return duration.count(); }

bool some_lease_is_odd(Connection& connection) {
  const Result found = connection.run(
      "SELECT 1 FROM mlserve_jobs WHERE status = 'running' AND (renewed_at > {now} OR "
      "renewed_at + lease < {now}) LIMIT 1");
  return !found.rows.empty();
}

/// Returns how many results, and bodies of jobs that did not succeed, have expired.
std::int64_t expire(Connection& connection) {
  const Result due = connection.run(
      "SELECT id, body, result FROM mlserve_jobs WHERE expires_at < {now} AND "
      "status <> 'expired' ORDER BY expires_at LIMIT $1 {skip_locked}",
      {kBatch});
  for (const Row& row : due.rows) {
    connection.run(
        "UPDATE mlserve_jobs SET status = 'expired', idempotency_key = NULL WHERE id = $1",
        {row.text(0)});
    blobs::drop(connection, row.text(1));
    if (!row.text(2).empty()) blobs::drop(connection, row.text(2));
  }
  return static_cast<std::int64_t>(due.rows.size());
}

std::int64_t forget_records(Connection& connection, std::chrono::milliseconds time_to_live) {
  const Result due = connection.run(
      "SELECT id FROM mlserve_jobs WHERE expires_at < {now} - $1 AND status = 'expired' "
      "ORDER BY expires_at LIMIT $2 {skip_locked}",
      {count(time_to_live), kBatch});
  for (const Row& row : due.rows) {
    connection.run("DELETE FROM mlserve_failures WHERE job = $1", {row.text(0)});
    connection.run("DELETE FROM mlserve_jobs WHERE id = $1", {row.text(0)});
  }
  return static_cast<std::int64_t>(due.rows.size());
}

/// What was begun and left: uploads nobody submitted, results of attempts that hold their job no
/// longer.
std::int64_t kill_loose_blobs(Connection& connection, std::chrono::milliseconds time_to_live) {
  return connection
      .run(
          "UPDATE mlserve_blobs SET state = 'dead' WHERE state = 'loose' AND id IN ("
          "SELECT id FROM mlserve_blobs WHERE state = 'loose' AND written_at < {now} - $1 AND "
          "NOT EXISTS (SELECT 1 FROM mlserve_jobs WHERE token = mlserve_blobs.id AND "
          "status = 'running') LIMIT $2)",
          {count(time_to_live), kBatch})
      .changed;
}

/// Models that no version and no job needs, and that are on the way into none.
const std::string kUnusedModels =
    "FROM mlserve_models m WHERE used_at < {now} - $1 AND "
    "NOT EXISTS (SELECT 1 FROM mlserve_versions v WHERE v.checksum = m.checksum) AND "
    "NOT EXISTS (SELECT 1 FROM mlserve_jobs j WHERE j.model_checksum = m.checksum AND "
    "j.status <> 'expired') ";

std::int64_t forget_models(Connection& connection) {
  static const std::string unused_sql =
      "SELECT checksum, blob " + kUnusedModels + "LIMIT $2 {skip_locked}";
  const Result unused = connection.run(unused_sql, {kUnusedModelMilliseconds, kBatch});
  for (const Row& row : unused.rows) {
    connection.run("DELETE FROM mlserve_models WHERE checksum = $1", {row.text(0)});
    blobs::drop(connection, row.text(1));
  }
  return static_cast<std::int64_t>(unused.rows.size());
}

bool something_is_due(Connection& connection, const SweepOptions& options) {
  static const std::string due_sql =
      "SELECT 1 FROM mlserve_jobs WHERE expires_at < {now} AND status <> 'expired' "
      "UNION ALL SELECT 1 FROM mlserve_jobs WHERE expires_at < {now} - $2 AND status = 'expired' "
      "UNION ALL SELECT 1 FROM mlserve_blobs WHERE state = 'loose' AND written_at < {now} - $3 "
      "UNION ALL SELECT 1 FROM mlserve_blobs WHERE state = 'dead' "
      "UNION ALL SELECT 1 " +
      kUnusedModels + "LIMIT 1";
  const Result found =
      connection.run(due_sql, {kUnusedModelMilliseconds, count(options.record_time_to_live),
                               count(options.upload_time_to_live)});
  return !found.rows.empty();
}

}  // namespace

void JobStore::reclaim(const SweepOptions& options) {
  if (!database_.read(some_lease_is_odd)) return;
  database_.write([&](Connection& connection) {
    connection.run(
        "UPDATE mlserve_jobs SET renewed_at = {now} WHERE status = 'running' AND "
        "renewed_at > {now}");
    const Result lost = connection.run(
        "SELECT id, worker FROM mlserve_jobs WHERE status = 'running' AND "
        "renewed_at + lease < {now} ORDER BY sequence LIMIT $1 {skip_locked}",
        {kBatch});
    for (const Row& row : lost.rows) {
      end_attempt(connection, row.text(0),
                  "its lease ran out: the worker was killed, paused or cut off",
                  options.max_attempts, options.time_to_live);
      connection.run("UPDATE mlserve_jobs SET token = NULL WHERE id = $1", {row.text(0)});
    }
  });
}

bool JobStore::sweep(const SweepOptions& options) {
  const bool due =
      database_.read([&](Connection& connection) { return something_is_due(connection, options); });
  if (!due) return false;
  std::int64_t swept = database_.write(expire);
  swept += database_.write([&](Connection& connection) {
    return forget_records(connection, options.record_time_to_live);
  });
  swept += database_.write([&](Connection& connection) {
    return kill_loose_blobs(connection, options.upload_time_to_live);
  });
  swept += database_.write(forget_models);
  const bool buried = database_.write(blobs::bury_some);
  if (buried) database_.give_back_space();
  return buried || swept > 0;
}

}  // namespace mlserve::store
