#include "server/routes.hpp"

#include <string>

#include "data/json_writer.hpp"
#include "server/models_route.hpp"
#include "server/predict_route.hpp"
#include "server/problem.hpp"

namespace mlserve::server {
namespace {

Response status_json(int status, std::string_view word) {
  Response response;
  response.status = status;
  response.content_type = "application/json";
  data::JsonWriter(response.body).begin_object().key("status").string(word).end_object();
  response.body += '\n';
  return response;
}

/// Alive as long as it answers; depends on no model.
Response answer_livez() { return status_json(200, "live"); }

Response answer_readyz(const Service& service) {
  if (service.draining) return status_json(503, "draining");
  if (service.models.all().empty()) return status_json(503, "no model");
  return status_json(200, "ready");
}

Response answer_named_predict(const Service& service, const Request& request) {
  const auto served = service.models.find(request.path_value("name"));
  return served ? answer_predict(request, served) : no_such_model(request.path_value("name"));
}

Route get(std::string pattern, Handler handler) {
  return {"GET", std::move(pattern), std::move(handler), {}, 0};
}

Route post(std::string pattern, std::size_t max_body_bytes, Handler handler) {
  return {"POST", std::move(pattern), std::move(handler), {}, max_body_bytes};
}

}  // namespace

std::vector<Route> make_routes(const Service& service, const RouteOptions& options) {
  const std::size_t body = options.max_body_bytes;
  return {
      post("/predict", body,
           [&](const Request& r) { return answer_predict(r, service.models.only()); }),
      post("/models/{name}/predict", body,
           [&](const Request& r) { return answer_named_predict(service, r); }),
      get("/models", [&](const Request&) { return answer_models(service.models); }),
      get("/models/{name}", [&](const Request& r) { return answer_model(service.models, r); }),
      get("/livez", [](const Request&) { return answer_livez(); }),
      get("/readyz", [&](const Request&) { return answer_readyz(service); }),
  };
}

}  // namespace mlserve::server
