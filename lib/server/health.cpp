#include "server/health.hpp"

#include <utility>

#include "data/json_writer.hpp"

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

}  // namespace

std::vector<Route> health_routes(std::function<std::string_view()> why_not_ready) {
  const auto livez = [](const Request&) { return status_json(200, "live"); };
  const auto readyz = [why = std::move(why_not_ready)](const Request&) {
    const std::string_view reason = why();
    return reason.empty() ? status_json(200, "ready") : status_json(503, reason);
  };
  return {{"GET", "/livez", livez, {}, 0, Scope::none},
          {"GET", "/readyz", readyz, {}, 0, Scope::none}};
}

}  // namespace mlserve::server
