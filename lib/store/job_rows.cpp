#include "store/job_rows.hpp"

#include "core/error.hpp"

namespace mlserve::store::rows {
namespace {

Time time(std::int64_t milliseconds) { return Time(std::chrono::milliseconds(milliseconds)); }

std::optional<Time> time_or_null(const Row& row, std::size_t column) {
  return row.is_null(column) ? std::nullopt : std::optional(time(row.integer(column)));
}

JobStatus status(const std::string& name) {
  if (const auto known = parse_status(name)) return *known;
  throw Error(ErrorKind::corrupt, "the table of jobs has an unknown status '" + name + "'");
}

std::vector<Failure> failures(Connection& connection, std::string_view id) {
  std::vector<Failure> found;
  const Result result = connection.run(
      "SELECT attempt, worker, reason FROM mlserve_failures WHERE job = $1 ORDER BY number", {id});
  for (const Row& row : result.rows)
    found.push_back({static_cast<int>(row.integer(0)), row.text(1), row.text(2)});
  return found;
}

std::uint64_t position(Connection& connection, std::int64_t sequence) {
  const Result count = connection.run(
      "SELECT COUNT(*) FROM mlserve_jobs WHERE status = 'queued' AND sequence <= $1", {sequence});
  return static_cast<std::uint64_t>(count.rows.front().integer(0));
}

}  // namespace

const std::string kColumns =
    "sequence, id, kind, model, model_checksum, parameters, status, created_at, started_at, "
    "finished_at, expires_at, attempts, progress, worker, token, body, body_bytes, result, summary";

Job job(const Row& row) {
  Job job;
  job.sequence = row.integer(0);
  job.id = row.text(1);
  job.kind = row.text(2);
  job.model = row.text(3);
  job.model_checksum = row.text(4);
  job.parameters = row.text(5);
  job.status = status(row.text(6));
  job.created_at = time(row.integer(7));
  job.started_at = time_or_null(row, 8);
  job.finished_at = time_or_null(row, 9);
  job.expires_at = time_or_null(row, 10);
  job.attempts = static_cast<int>(row.integer(11));
  job.progress = row.real(12);
  job.worker = row.text(13);
  job.token = row.text(14);
  job.body = row.text(15);
  job.body_bytes = static_cast<std::uint64_t>(row.integer(16));
  job.result = row.text(17);
  job.summary = row.text(18);
  return job;
}

std::optional<Job> find(Connection& connection, std::string_view id, Lock lock) {
  static const std::string select_sql = "SELECT " + kColumns + " FROM mlserve_jobs WHERE id = $1";
  static const std::string locking_sql = select_sql + " {for_update}";
  const Result result = connection.run(lock == Lock::yes ? locking_sql : select_sql, {id});
  if (result.rows.empty()) return std::nullopt;
  Job found = job(result.rows.front());
  if (found.status == JobStatus::queued) found.position = position(connection, found.sequence);
  found.failures = failures(connection, id);
  return found;
}

std::uint64_t queued(Connection& connection) {
  const Result count = connection.run("SELECT COUNT(*) FROM mlserve_jobs WHERE status = 'queued'");
  return static_cast<std::uint64_t>(count.rows.front().integer(0));
}

}  // namespace mlserve::store::rows
