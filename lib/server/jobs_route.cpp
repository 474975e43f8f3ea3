#include "server/jobs_route.hpp"

#include <algorithm>
#include <chrono>
#include <functional>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "core/error.hpp"
#include "core/number.hpp"
#include "core/sha256.hpp"
#include "core/text.hpp"
#include "core/uuid.hpp"
#include "server/etag.hpp"
#include "server/job_json.hpp"
#include "server/job_problem.hpp"
#include "server/local_client.hpp"
#include "server/long_poll.hpp"
#include "server/offload.hpp"
#include "server/prefer.hpp"
#include "server/problem.hpp"
#include "server/query.hpp"

namespace mlserve::server {
namespace {

using std::chrono::seconds;
using std::chrono::steady_clock;
using Occasion = LongPoll::Occasion;

constexpr seconds kLongestWait{60};
constexpr std::int64_t kDefaultListed = 100;
constexpr std::int64_t kMaxListed = 1'000;

Response json_response(std::string body) {
  Response response;
  response.content_type = "application/json";
  response.body = std::move(body);
  return response;
}

Response job_response(const store::Job& job) {
  Response response = json_response(job_json(job));
  if (!has_ended(job.status)) response.headers.emplace_back("Retry-After", "1");
  return response;
}

/// The query is an order, the preference a wish. Zero without either.
seconds wait_of(const Request& request) {
  if (const auto asked = query_number(request, "wait", 0, kLongestWait.count())) {
    return seconds(*asked);
  }
  return std::min(preferences_of(request).wait.value_or(seconds(0)), kLongestWait);
}

LongPoll::Look look_at_job(JobService& jobs, const std::string& id) {
  LongPoll::Look look{{}, true};  // an error is final, too
  look.response = answer_with_store(jobs, [&] {
    const auto job = find_job(jobs.store(), id);
    look.final = !job || has_ended(job->status);
    return job ? job_response(*job) : no_such_job(id);
  });
  return look;
}

/// `answer` for the job that the path names, which has at least the form of an id.
Outcome for_job(const Request& request, const std::function<Outcome(std::string id)>& answer) {
  const std::string_view id = request.path_value("id");
  return is_uuid(id) ? answer(std::string(id)) : no_such_job(id);
}

Outcome change_job(JobService& jobs, Request request,
                   std::function<Response(store::JobStore&, const std::string& id)> change) {
  return for_job(request, [&](const std::string& id) {
    return offload(jobs.executor(), std::move(request), [&jobs, id, change](const Request&) {
      return answer_with_store(jobs, [&] {
        const bool exists = jobs.store().database().exists();
        return exists ? change(jobs.store().jobs(), id) : no_such_job(id);
      });
    });
  });
}

store::JobFilter filter_of(const Request& request) {
  store::JobFilter filter;
  if (const std::string_view name = request.query_value("status"); !name.empty()) {
    filter.status = store::parse_status(name);
    if (!filter.status) {
      throw Error(ErrorKind::invalid_argument,
                  "?status=" + shown(name) +
                      " is none of queued, running, succeeded, failed, cancelled, expired");
    }
  }
  filter.limit = static_cast<std::size_t>(
      query_number(request, "limit", 1, kMaxListed).value_or(kDefaultListed));
  filter.before = query_number(request, "cursor", 1, INT64_MAX);
  return filter;
}

Response list_response(store::Store& store, store::JobFilter filter) {
  if (!store.database().exists()) return json_response(jobs_json({}, {}));
  const std::size_t limit = filter.limit++;  // one more tells whether there are more
  std::vector<store::Job> jobs = store.jobs().list(filter);
  std::optional<std::string> next;
  if (jobs.size() > limit) {
    jobs.resize(limit);
    next = std::to_string(jobs.back().sequence);
  }
  return json_response(jobs_json(jobs, next));
}

/// With its ETag; 304 if that is the list the client has.
Response list_unless_known(JobService& jobs, const store::JobFilter& filter,
                           const Request& request) {
  return answer_with_store(jobs, [&] {
    Response response = list_response(jobs.store(), filter);
    const std::string etag = '"' + sha256_hex(response.body) + '"';
    if (has_current(request, etag)) response = {304, {}, {}, {}};
    response.headers.emplace_back("ETag", etag);
    return response;
  });
}

// What has changed since the client's last request is told at once, if it says what it has.
LongPoll::Look look_at_list(JobService& jobs, const store::JobFilter& filter,
                            const Request& request, Occasion occasion) {
  LongPoll::Look look{list_unless_known(jobs, filter, request), true};
  if (occasion == Occasion::begin) {
    const int unchanged = request.header("If-None-Match").empty() ? 200 : 304;
    look.final = look.response.status != unchanged;
  }
  return look;
}

/// What a request asks for is understood first: that needs no store.
Outcome or_problem(const std::function<Outcome()>& answer) {
  try {
    return answer();
  } catch (const Error& error) {
    return problem(error);
  }
}

}  // namespace

Outcome answer_job(JobService& jobs, Request request) {
  return for_job(request, [&](const std::string& id) {
    return or_problem([&]() -> Outcome {
      const seconds wait = wait_of(request);
      if (wait == seconds(0)) {
        return offload(jobs.executor(), std::move(request),
                       [&jobs, id](const Request&) { return look_at_job(jobs, id).response; });
      }
      const auto subscribe = [&watch = jobs.watch(), id](JobWatch::Alarm alarm) {
        return watch.on_end(id, std::move(alarm));
      };
      return long_poll(jobs.executor(), {steady_clock::now() + wait, subscribe,
                                         [&jobs, id](Occasion) { return look_at_job(jobs, id); }});
    });
  });
}

Outcome cancel_job(JobService& jobs, const RouteOptions& options, Request request) {
  return change_job(jobs, std::move(request),
                    [ttl = options.result_ttl](auto& store, const auto& id) {
                      return job_response(store.cancel(id, ttl));
                    });
}

Outcome retry_job(JobService& jobs, const RouteOptions& options, Request request) {
  return change_job(jobs, std::move(request),
                    [limits = options.queue](auto& store, const auto& id) {
                      Response response = job_response(store.retry(id, limits));
                      response.status = 202;
                      return response;
                    });
}

Outcome list_jobs(JobService& jobs, Request request) {
  if (request.client.empty() && !is_local(request)) {
    return problem(
        403, "",
        "without API keys, jobs are listed for programs on the server's own machine alone, "
        "not by a proxy");
  }
  return or_problem([&]() -> Outcome {
    const store::JobFilter filter = filter_of(request);
    const seconds wait = wait_of(request);
    if (wait == seconds(0)) {
      return offload(jobs.executor(), std::move(request), [&jobs, filter](const Request& asked) {
        return list_unless_known(jobs, filter, asked);
      });
    }
    const auto subscribe = [&watch = jobs.watch()](JobWatch::Alarm alarm) {
      return watch.on_change(std::move(alarm));
    };
    return long_poll(jobs.executor(),
                     {steady_clock::now() + wait, subscribe,
                      [&jobs, filter, asked = std::move(request)](Occasion occasion) {
                        return look_at_list(jobs, filter, asked, occasion);
                      }});
  });
}

}  // namespace mlserve::server
