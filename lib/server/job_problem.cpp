#include "server/job_problem.hpp"

#include <string>

#include "core/error.hpp"
#include "core/text.hpp"
#include "server/problem.hpp"

namespace mlserve::server {
namespace {

constexpr const char* kRetrySeconds = "5";

Response retry_later(int status, const std::string& detail) {
  Response response = problem(status, "", detail);
  response.headers.emplace_back("Retry-After", kRetrySeconds);
  return response;
}

/// A store that is not what it should be is as good as gone: the client can only come again.
bool is_lost(ErrorKind kind) {
  return kind == ErrorKind::unavailable || kind == ErrorKind::corrupt ||
         kind == ErrorKind::internal;
}

}  // namespace

Response answer_with_store(JobService& jobs, const std::function<Response()>& work) {
  try {
    return work();
  } catch (const store::QueueFull& error) {
    return retry_later(429, error.what());
  } catch (const Error& error) {
    if (!is_lost(error.kind())) return problem(error);
    jobs.troubles().warn(std::string("requests for jobs get 503: ") + error.what());
    return retry_later(503, "the store of jobs cannot be used now; the server's log says why");
  }
}

std::optional<store::Job> find_job(store::Store& store, std::string_view id) {
  return store.database().exists() ? store.jobs().find(id) : std::nullopt;
}

Response no_such_job(std::string_view id) {
  return problem(404, "", "no job '" + shown(id) + "'; it may be long over");
}

}  // namespace mlserve::server
