#include "server/submit_route.hpp"

#include <chrono>
#include <optional>
#include <string>
#include <utility>

#include "core/number.hpp"
#include "jobs/parameters.hpp"
#include "pipeline/prediction_writer.hpp"
#include "server/collected_body.hpp"
#include "server/job_problem.hpp"
#include "server/job_submission.hpp"
#include "server/model_lookup.hpp"
#include "server/offload.hpp"
#include "server/predict_route.hpp"
#include "server/prediction_route.hpp"
#include "server/prefer.hpp"
#include "server/problem.hpp"

namespace mlserve::server {
namespace {

using Handle = ModelRegistry::Handle;
using pipeline::FileFormat;

std::string hint(const Service& service) {
  return service.jobs == nullptr ? "" : "; send Prefer: respond-async to have a job do it";
}

Response too_many_rows(const Service& service, const RouteOptions& options) {
  return problem(413, "",
                 "more than " + std::to_string(options.sync_limit) +
                     " rows are not answered at once" + hint(service));
}

Response too_many_bytes(const Service& service, const RouteOptions& options) {
  return problem(413, "",
                 "more than " + std::to_string(options.max_body_bytes) +
                     " bytes are not answered at once" + hint(service));
}

/// What becomes a job, and what a worker is to be spared: a wrong type or flag is told at once.
JobOrder predict_order(const Request& request, Handle served) {
  const PredictQuery query = predict_query(request);
  const pipeline::PredictionFormatter possible(
      served->model(), served->scorer(),
      {FileFormat::jsonl, query.probabilities, query.explain, {}});
  const jobs::PredictParameters parameters{query.format, query.probabilities, query.explain};
  std::string name = served->name();
  return {std::string(jobs::kPredict), std::move(name), std::move(served),
          jobs::to_json(parameters)};
}

Response submit_predict(const Service& service, const RouteOptions& options, const Handle& served,
                        const Request& request, BodyReader& body) {
  return answer_with_store(*service.jobs, [&] {
    return submit_job(*service.jobs, options.queue, request, predict_order(request, served), body);
  });
}

Outcome offload_predict(const Service& service, const RouteOptions& options, Handle served,
                        Request request) {
  return offload(service.jobs->executor(), std::move(request),
                 [&service, options, served = std::move(served)](const Request& posted) {
                   CollectedBody body(posted.body);
                   return submit_predict(service, options, served, posted, body);
                 });
}

/// What the client has said about its time.
struct Patience {
  bool wants_job = false;
  bool takes_job = false;
};

// With both preferences, an answer within the time is preferred to 202 (RFC 7240, 4.3).
Patience patience_of(const Service& service, const Request& request) {
  if (service.jobs == nullptr) return {};
  const Preferences preferences = preferences_of(request);
  const bool waits = preferences.wait.value_or(std::chrono::seconds(0)).count() > 0;
  return {preferences.respond_async && !waits, preferences.respond_async || waits};
}

std::optional<std::int64_t> content_length(const Request& request) {
  return parse_integer(request.header("Content-Length"));
}

}  // namespace

Outcome predict_collected(const Service& service, const RouteOptions& options, Request request) {
  Handle served = model_for(service, request);
  if (!served) return no_model(ErrorShape::problem_details, service, request);
  const Patience patience = patience_of(service, request);
  if (!patience.wants_job) {
    const bool large = request.body.size() > options.max_body_bytes;
    if (!large) {
      if (auto answer = answer_predict(request, *served, options.sync_limit)) {
        return *std::move(answer);
      }
    }
    if (!patience.takes_job) {
      return large ? too_many_bytes(service, options) : too_many_rows(service, options);
    }
  }
  return offload_predict(service, options, std::move(served), std::move(request));
}

Response predict_streamed(const Service& service, const RouteOptions& options,
                          const Request& request, BodyReader& body) {
  const SteadyTime begin = std::chrono::steady_clock::now();
  const Handle served = model_for(service, request);
  if (!served) return no_model(ErrorShape::problem_details, service, request);
  const Patience patience = patience_of(service, request);
  const bool surely_large =
      content_length(request).value_or(0) > static_cast<std::int64_t>(options.max_body_bytes);
  if (patience.wants_job || (surely_large && patience.takes_job)) {
    return submit_predict(service, options, served, request, body);
  }
  Request whole = request;
  if (surely_large || !collect(body, options.max_body_bytes, whole.body)) {
    if (!patience.takes_job) return too_many_bytes(service, options);
  } else {
    whole.deadline = deadline_after_body(request, begin);
    if (auto answer = answer_predict(whole, *served, options.sync_limit)) return *std::move(answer);
    if (!patience.takes_job) return too_many_rows(service, options);
  }
  CollectedBody all(whole.body, &body);
  return submit_predict(service, options, served, request, all);
}

}  // namespace mlserve::server
