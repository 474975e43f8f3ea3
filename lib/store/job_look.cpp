#include "store/blobs.hpp"
#include "store/job_rows.hpp"
#include "store/job_store.hpp"

namespace mlserve::store {
namespace {

std::string list_sql(const JobFilter& filter) {
  std::string sql = "SELECT " + rows::kColumns + " FROM mlserve_jobs WHERE sequence < $1";
  if (filter.status) sql += " AND status = $3";
  return sql + " ORDER BY sequence DESC LIMIT $2";
}

bool is_open(Connection& connection, const std::string& id) {
  const Result found = connection.run(
      "SELECT 1 FROM mlserve_jobs WHERE id = $1 AND status IN ('queued', 'running')", {id});
  return !found.rows.empty();
}

}  // namespace

std::optional<Job> JobStore::find(std::string_view id) {
  return database_.read([&](Connection& connection) { return rows::find(connection, id); });
}

std::vector<Job> JobStore::list(const JobFilter& filter) {
  const std::string sql = list_sql(filter);
  const std::int64_t before = filter.before.value_or(INT64_MAX);
  const auto limit = static_cast<std::int64_t>(filter.limit);
  return database_.read([&](Connection& connection) {
    const Result found = filter.status
                             ? connection.run(sql, {before, limit, status_name(*filter.status)})
                             : connection.run(sql, {before, limit});
    std::vector<Job> jobs;
    for (const Row& row : found.rows) jobs.push_back(rows::job(row));
    return jobs;
  });
}

std::map<JobStatus, std::uint64_t> JobStore::count_by_status() {
  const Result found = database_.read([&](Connection& connection) {
    return connection.run("SELECT status, COUNT(*) FROM mlserve_jobs GROUP BY status");
  });
  std::map<JobStatus, std::uint64_t> counts;
  for (const JobStatus status : kJobStatuses) counts[status] = 0;
  for (const Row& row : found.rows) {
    const auto status = parse_status(row.text(0));
    if (status) counts[*status] = static_cast<std::uint64_t>(row.integer(1));
  }
  return counts;
}

std::vector<std::string> JobStore::ended(const std::vector<std::string>& ids) {
  return database_.read([&](Connection& connection) {
    std::vector<std::string> ended;
    for (const std::string& id : ids) {
      if (!is_open(connection, id)) ended.push_back(id);
    }
    return ended;
  });
}

std::optional<std::string> JobStore::read_piece(const BlobId& blob, std::int64_t number) {
  return database_.read(
      [&](Connection& connection) { return blobs::piece(connection, blob, number); });
}

}  // namespace mlserve::store
