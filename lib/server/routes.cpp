#include "server/routes.hpp"

#include <algorithm>
#include <iterator>
#include <string>
#include <string_view>
#include <utility>

#include "server/about_route.hpp"
#include "server/health.hpp"
#include "server/invocations_route.hpp"
#include "server/job_result_route.hpp"
#include "server/jobs_route.hpp"
#include "server/model_admin_route.hpp"
#include "server/models_route.hpp"
#include "server/open_inference_repository.hpp"
#include "server/open_inference_route.hpp"
#include "server/openapi_route.hpp"
#include "server/readiness.hpp"
#include "server/submit_route.hpp"
#include "server/tensorflow_route.hpp"
#include "server/train_route.hpp"

namespace mlserve::server {
namespace {

/// A route without a body.
Route bare(Scope scope, std::string method, std::string pattern, Handler handler) {
  return {std::move(method), std::move(pattern), std::move(handler), {}, 0, scope};
}

Route get(Scope scope, std::string pattern, Handler handler) {
  return bare(scope, "GET", std::move(pattern), std::move(handler));
}

void append(std::vector<Route> more, std::vector<Route>& routes) {
  std::ranges::move(more, std::back_inserter(routes));
}

Route predict(std::string pattern, const Service& service, const RouteOptions& options) {
  // The limit of what is answered at once is the handler's where jobs are: it has a hint for them.
  const std::size_t job_bytes = service.jobs == nullptr ? 0 : options.max_job_bytes;
  return {
      "POST", std::move(pattern),
      [&service, options](Request r) { return predict_collected(service, options, std::move(r)); },
      [&service, options](const Request& r, BodyReader& body) {
        return predict_streamed(service, options, r, body);
      },
      std::max(options.max_body_bytes, job_bytes)};
}

Route train(const Service& service, const RouteOptions& options) {
  return {
      "POST",
      "/models/{name}",
      [&service, options](Request r) { return train_collected(service, options, std::move(r)); },
      [&service, options](const Request& r, BodyReader& body) {
        return train_streamed(service, options, r, body);
      },
      options.max_job_bytes,
      Scope::jobs};
}

/// Inferring takes its time, of a small body as well: never a worker's.
Route schema(const RouteOptions& options) {
  return {"POST", "/schema", {}, answer_schema, options.max_body_bytes, Scope::any};
}

void add_job_routes(const Service& service, const RouteOptions& options,
                    std::vector<Route>& routes) {
  JobService& jobs = *service.jobs;
  routes.push_back(train(service, options));
  routes.push_back(
      get(Scope::jobs, "/jobs", [&jobs](Request r) { return list_jobs(jobs, std::move(r)); }));
  routes.push_back(get(Scope::jobs, "/jobs/{id}",
                       [&jobs](Request r) { return answer_job(jobs, std::move(r)); }));
  routes.push_back(get(Scope::jobs, "/jobs/{id}/result",
                       [&jobs](Request r) { return answer_job_result(jobs, std::move(r)); }));
  routes.push_back(bare(Scope::jobs, "DELETE", "/jobs/{id}", [&jobs, options](Request r) {
    return cancel_job(jobs, options, std::move(r));
  }));
  routes.push_back(bare(Scope::jobs, "POST", "/jobs/{id}/retry", [&jobs, options](Request r) {
    return retry_job(jobs, options, std::move(r));
  }));
}

std::vector<Route> native_routes(const Service& service, const RouteOptions& options) {
  return {
      predict("/predict", service, options),
      predict("/models/{name}/predict", service, options),
      predict("/models/{name}/versions/{version}/predict", service, options),
      get(Scope::any, "/models", [&](const Request&) { return answer_models(service); }),
      get(Scope::any, "/models/{name}", [&](const Request& r) { return answer_model(service, r); }),
      get(Scope::any, "/models/{name}/versions/{version}",
          [&](const Request& r) { return answer_model_version(service, r); }),
      schema(options),
      get(Scope::any, "/about",
          [&service, options](const Request&) { return answer_about(service, options); })};
}

}  // namespace

std::vector<Route> make_routes(Service& service, const RouteOptions& options,
                               std::vector<Route> others) {
  std::vector<Route> routes = vertex_routes(service, options);
  append(native_routes(service, options), routes);
  const auto not_ready = [&service] { return why_not_ready(service); };
  append(health_routes(not_ready, [&service] { return health_checks(service); }), routes);
  append(model_admin_routes(service), routes);
  append(invocations_routes(service, options), routes);
  append(open_inference_routes(service, options, not_ready), routes);
  append(open_inference_repository_routes(service.models), routes);
  append(tensorflow_routes(service, options), routes);
  if (service.jobs != nullptr) add_job_routes(service, options, routes);
  append(std::move(others), routes);
  append(openapi_routes(service, options, routes), routes);  // the last, for it describes all
  return routes;
}

}  // namespace mlserve::server
