#include "server/tensorflow_route.hpp"

#include <array>
#include <string>
#include <string_view>
#include <utility>

#include "server/prediction_route.hpp"
#include "server/tensorflow_predict.hpp"
#include "server/tensorflow_status.hpp"

namespace mlserve::server {
namespace {

constexpr ErrorShape kShape = ErrorShape::error_member;

/// What names a model in a path.
constexpr std::array<std::string_view, 3> kModelPaths = {"/v1/models/{name}",
                                                         "/v1/models/{name}/versions/{version}",
                                                         "/v1/models/{name}/labels/{label}"};

using Answer = Response (*)(const Request&, const ServedModel&, const RouteOptions&);

Route verb(const Service& service, const RouteOptions& options, std::string pattern,
           Answer answer) {
  return prediction_route(service, options, kShape, std::move(pattern),
                          [options, answer](const Request& request, const ServedModel& served) {
                            return answer(request, served, options);
                          });
}

Route get(Scope scope, std::string pattern, const Service& service,
          Response (*answer)(const Service&, const Request&)) {
  return {"GET",
          std::move(pattern),
          [&service, answer](const Request& request) { return answer(service, request); },
          {},
          0,
          scope};
}

}  // namespace

std::vector<Route> vertex_routes(const Service& service, const RouteOptions& options) {
  std::vector<Route> routes;
  if (!options.vertex_predict_route.empty()) {
    routes.push_back(
        verb(service, options, options.vertex_predict_route, answer_tensorflow_predict));
  }
  if (!options.vertex_health_route.empty()) {
    routes.push_back(
        get(Scope::none, options.vertex_health_route, service, answer_tensorflow_status));
  }
  return routes;
}

std::vector<Route> tensorflow_routes(const Service& service, const RouteOptions& options) {
  std::vector<Route> routes;
  routes.push_back(get(Scope::any, "/v1/models", service, answer_tensorflow_models));
  for (const std::string_view path : kModelPaths) {
    const std::string model(path);
    routes.push_back(get(Scope::any, model, service, answer_tensorflow_status));
    routes.push_back(get(Scope::any, model + "/metadata", service, answer_tensorflow_metadata));
    routes.push_back(verb(service, options, model + ":predict", answer_tensorflow_predict));
    routes.push_back(verb(service, options, model + ":classify", answer_tensorflow_classify));
    routes.push_back(verb(service, options, model + ":regress", answer_tensorflow_regress));
  }
  return routes;
}

}  // namespace mlserve::server
