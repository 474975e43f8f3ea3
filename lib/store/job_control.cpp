#include <utility>

#include "store/job_rows.hpp"
#include "store/job_store.hpp"

namespace mlserve::store {
namespace {

Job locked_job(Connection& connection, std::string_view id) {
  auto job = rows::find(connection, id, rows::Lock::yes);
  if (!job) throw Error(ErrorKind::not_found, "no job " + std::string(id));
  return *std::move(job);
}

Error conflict(const Job& job, const std::string& what) {
  return {ErrorKind::conflict,
          "job " + job.id + " is " + std::string(status_name(job.status)) + ": " + what};
}

}  // namespace

Job JobStore::cancel(std::string_view id, std::chrono::milliseconds time_to_live) {
  return database_.write([&](Connection& connection) {
    Job job = locked_job(connection, id);
    if (job.status == JobStatus::cancelled) return job;
    if (has_ended(job.status)) throw conflict(job, "it cannot be cancelled any more");
    connection.run(
        "UPDATE mlserve_jobs SET status = 'cancelled', token = NULL, finished_at = {now}, "
        "expires_at = {now} + $2 WHERE id = $1",
        {id, static_cast<std::int64_t>(time_to_live.count())});
    return *rows::find(connection, id);
  });
}

Job JobStore::retry(std::string_view id, const QueueLimits& limits) {
  bool again = false;
  return database_.write([&](Connection& connection) {
    Job job = locked_job(connection, id);
    // A second call finds what the first one, whose answer was lost, has done.
    if (std::exchange(again, true) && !has_ended(job.status)) return job;
    if (job.status != JobStatus::failed && job.status != JobStatus::cancelled)
      throw conflict(job, "only a failed or cancelled job can be tried again");
    if (rows::queued(connection) >= limits.max_queued) {
      throw QueueFull("the queue is full: " + std::to_string(limits.max_queued) +
                      " jobs wait already");
    }
    connection.run("DELETE FROM mlserve_failures WHERE job = $1", {id});
    connection.run(
        "UPDATE mlserve_jobs SET status = 'queued', sequence = {next}, token = NULL, attempts = 0, "
        "progress = 0, started_at = NULL, finished_at = NULL, expires_at = NULL WHERE id = $1",
        {id});
    return *rows::find(connection, id);
  });
}

}  // namespace mlserve::store
