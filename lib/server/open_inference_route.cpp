#include "server/open_inference_route.hpp"

#include <string>
#include <utility>

#include "data/json_writer.hpp"
#include "server/error_shape.hpp"
#include "server/model_lookup.hpp"
#include "server/open_inference_infer.hpp"
#include "server/open_inference_metadata.hpp"
#include "server/prediction_route.hpp"

namespace mlserve::server {
namespace {

constexpr ErrorShape kShape = ErrorShape::error_member;

Response json_response(int status, std::string body) {
  Response response;
  response.status = status;
  response.content_type = "application/json";
  response.body = std::move(body) + "\n";
  return response;
}

Response server_state(bool is_ready) {
  std::string text;
  data::JsonWriter json(text);
  json.begin_object().key("live").boolean(true).key("ready").boolean(is_ready).end_object();
  return json_response(is_ready ? 200 : 503, std::move(text));
}

Response model_state(std::string_view name, bool is_ready) {
  std::string text;
  data::JsonWriter json(text);
  json.begin_object().key("name").string(name).key("ready").boolean(is_ready).end_object();
  return json_response(is_ready ? 200 : 503, std::move(text));
}

/// A model that is here but not served is not ready; one that is not here is unknown.
Response answer_ready(const Service& service, const Request& request) {
  if (const auto served = model_for(service, request)) return model_state(served->name(), true);
  const std::string_view name = request.path_value("name");
  const std::string_view version = request.path_value("version");
  for (const ModelState& known : service.models.states(name)) {
    if (version.empty() || known.version == version) return model_state(name, false);
  }
  return no_model(kShape, service, request);
}

Response answer_metadata(const Service& service, const Request& request) {
  const auto served = model_for(service, request);
  if (!served) return no_model(kShape, service, request);
  std::vector<std::string> versions;
  for (const auto& version : service.models.versions(request.path_value("name"))) {
    versions.push_back(version->version());
  }
  return json_response(200, open_inference::model_metadata(*served, versions));
}

}  // namespace

std::vector<Route> open_inference_routes(const Service& service, const RouteOptions& options,
                                         std::function<std::string_view()> why_not_ready) {
  const auto server = [](const Request&) {
    return json_response(200, open_inference::server_metadata({"model_repository"}));
  };
  const auto live = [](const Request&) { return json_response(200, "{\"live\":true}"); };
  const auto ready = [why = std::move(why_not_ready)](const Request&) {
    return server_state(why().empty());
  };
  std::vector<Route> routes = {
      {"GET", "/v2", server, {}, 0, Scope::any},
      {"GET", "/v2/", server, {}, 0, Scope::any},  // as the protocol's OpenAPI file has it
      {"GET", "/v2/health/live", live, {}, 0, Scope::none},
      {"GET", "/v2/health/ready", ready, {}, 0, Scope::none},
  };
  const auto metadata = [&service](const Request& r) { return answer_metadata(service, r); };
  const auto model_ready = [&service](const Request& r) { return answer_ready(service, r); };
  const auto infer = [max_rows = options.sync_limit](const Request& r, const ServedModel& served) {
    return open_inference::infer(r, served, max_rows);
  };
  for (const std::string root : {"/v2/models/{name}", "/v2/models/{name}/versions/{version}"}) {
    routes.push_back({"GET", root, metadata, {}, 0, Scope::any});
    routes.push_back({"GET", root + "/ready", model_ready, {}, 0, Scope::none});
    routes.push_back(prediction_route(service, options, kShape, root + "/infer", infer));
  }
  return routes;
}

}  // namespace mlserve::server
