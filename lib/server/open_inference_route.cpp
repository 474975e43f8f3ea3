#include "server/open_inference_route.hpp"

#include <string>
#include <utility>

#include "core/text.hpp"
#include "data/json_writer.hpp"
#include "server/error_shape.hpp"
#include "server/open_inference_infer.hpp"
#include "server/open_inference_metadata.hpp"

namespace mlserve::server {
namespace {

using open_inference::infer;
using Handle = ModelRegistry::Handle;

Response json_response(int status, std::string body) {
  Response response;
  response.status = status;
  response.content_type = "application/json";
  response.body = std::move(body);
  return response;
}

/// {"live":true,"ready":false}; 503 without `ready`.
Response server_state(bool is_ready) {
  std::string text;
  data::JsonWriter json(text);
  json.begin_object().key("live").boolean(true).key("ready").boolean(is_ready).end_object();
  return json_response(is_ready ? 200 : 503, text + "\n");
}

/// The version that the path names, or the one that serves, is here.
Response model_state(const ServedModel& served) {
  std::string text;
  data::JsonWriter json(text);
  json.begin_object().key("name").string(served.name()).key("ready").boolean(true).end_object();
  return json_response(200, text + "\n");
}

Response no_model(std::string_view name, std::string_view version) {
  const std::string detail =
      version.empty() ? "no model '" + shown(name) + "' here"
                      : "no version '" + shown(version) + "' of model '" + shown(name) + "' here";
  return error_in_shape(ErrorShape::error_member, 404, "", detail);
}

/// What `answer` makes of the model and version of the path.
template <class Answer>
Handler with_model(const Service& service, Answer answer) {
  return [&service, answer](const Request& request) -> Response {
    const std::string_view name = request.path_value("model");
    const std::string_view version = request.path_value("version");
    const Handle served = service.models.find(name);
    if (!served) return no_model(name, "");
    if (!version.empty() && served->version() != version) return no_model(name, version);
    return answer(request, *served);
  };
}

}  // namespace

std::vector<Route> open_inference_routes(const Service& service, const RouteOptions& options,
                                         std::function<std::string_view()> why_not_ready) {
  const auto server = [](const Request&) {
    return json_response(200, open_inference::server_metadata({"model_repository"}));
  };
  const auto live = [](const Request&) { return json_response(200, "{\"live\":true}\n"); };
  const auto ready = [why = std::move(why_not_ready)](const Request&) {
    return server_state(why().empty());
  };
  std::vector<Route> routes = {
      {"GET", "/v2", server, {}, 0, Scope::any},
      {"GET", "/v2/", server, {}, 0, Scope::any},  // as the protocol's OpenAPI file has it
      {"GET", "/v2/health/live", live, {}, 0, Scope::none},
      {"GET", "/v2/health/ready", ready, {}, 0, Scope::none},
  };
  const Handler metadata = with_model(service, [](const Request&, const ServedModel& served) {
    return json_response(200, open_inference::model_metadata(served, {served.version()}));
  });
  const Handler model_ready = with_model(
      service, [](const Request&, const ServedModel& served) { return model_state(served); });
  const Handler predict = with_model(
      service, [max_rows = options.sync_limit](const Request& request, const ServedModel& served) {
        return infer(request, served, max_rows);
      });
  for (const std::string root : {"/v2/models/{model}", "/v2/models/{model}/versions/{version}"}) {
    routes.push_back({"GET", root, metadata, {}, 0, Scope::any});
    routes.push_back({"GET", root + "/ready", model_ready, {}, 0, Scope::none});
    routes.push_back(
        {"POST", root + "/infer", predict, {}, options.max_body_bytes, Scope::predict});
  }
  return routes;
}

}  // namespace mlserve::server
