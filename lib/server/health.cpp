#include "server/health.hpp"

#include <utility>

#include "core/error.hpp"
#include "data/json_writer.hpp"
#include "server/local_client.hpp"
#include "server/problem.hpp"
#include "server/query.hpp"

namespace mlserve::server {
namespace {

using data::JsonWriter;

Response status_json(int status, std::string_view word,
                     const std::vector<HealthCheck>* checks = nullptr) {
  Response response;
  response.status = status;
  response.content_type = "application/json";
  JsonWriter json(response.body);
  json.begin_object().key("status").string(word);
  if (checks != nullptr) {
    json.key("checks").begin_array();
    for (const HealthCheck& check : *checks) {
      json.begin_object().key("name").string(check.name).key("ok").boolean(check.ok);
      json.key("required").boolean(check.required);
      if (!check.detail.empty()) json.key("detail").string(check.detail);
      json.end_object();
    }
    json.end_array();
  }
  json.end_object();
  response.body += '\n';
  return response;
}

}  // namespace

std::vector<Route> health_routes(std::function<std::string_view()> why_not_ready,
                                 std::function<std::vector<HealthCheck>()> checks) {
  const auto livez = [](const Request&) { return status_json(200, "live"); };
  const auto readyz = [why = std::move(why_not_ready),
                       checks = std::move(checks)](const Request& request) {
    try {
      const bool verbose = query_flag(request, "verbose") && checks && may_see_details(request);
      const std::string_view reason = why();
      const std::vector<HealthCheck> found = verbose ? checks() : std::vector<HealthCheck>();
      return status_json(reason.empty() ? 200 : 503, reason.empty() ? "ready" : reason,
                         verbose ? &found : nullptr);
    } catch (const Error& error) {
      return problem(error);
    }
  };
  return {{"GET", "/livez", livez, {}, 0, Scope::none},
          {"GET", "/readyz", readyz, {}, 0, Scope::none}};
}

}  // namespace mlserve::server
