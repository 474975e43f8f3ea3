#include "store/attempt_end.hpp"

namespace mlserve::store {

void end_attempt(Connection& connection, const std::string& job, const std::string& reason,
                 int max_attempts, std::chrono::milliseconds time_to_live) {
  connection.run(
      "INSERT INTO mlserve_failures (job, number, attempt, worker, reason) "
      "SELECT id, (SELECT COUNT(*) FROM mlserve_failures WHERE job = $1), attempts, worker, "
      "CAST($2 AS TEXT) FROM mlserve_jobs WHERE id = $1",
      {job, reason});
  const Result back = connection.run(
      "UPDATE mlserve_jobs SET status = 'queued', progress = 0 WHERE id = $1 AND attempts < $2",
      {job, std::int64_t{max_attempts}});
  if (back.changed > 0) return;
  connection.run(
      "UPDATE mlserve_jobs SET status = 'failed', finished_at = {now}, expires_at = {now} + $2 "
      "WHERE id = $1",
      {job, static_cast<std::int64_t>(time_to_live.count())});
}

}  // namespace mlserve::store
