#include "server/model_lookup.hpp"

#include <string>
#include <string_view>
#include <vector>

#include "core/text.hpp"

namespace mlserve::server {
namespace {

using Handle = ModelRegistry::Handle;

std::string not_here(const Service& service, const Request& request) {
  const std::string_view name = request.path_value("name");
  std::string which = "model '" + shown(name) + "'";
  if (service.models.find(name)) {
    const std::string_view version = request.path_value("version");
    which = (version.empty() ? "label '" + shown(request.path_value("label")) + "'"
                             : "version '" + shown(version) + "'") +
            " of " + which;
  }
  return "no " + which + " here; GET /models lists them";
}

}  // namespace

Handle model_for(const Service& service, const Request& request) {
  const std::string_view name = request.path_value("name");
  if (name.empty()) return service.models.default_model();
  const std::string_view label = request.path_value("label");
  if (!label.empty()) return service.models.labelled(name, label);
  return service.models.find(name, request.path_value("version"));
}

Response no_model(ErrorShape shape, const Service& service, const Request& request) {
  if (!request.path_value("name").empty()) {
    return error_in_shape(shape, 404, "", not_here(service, request));
  }
  std::vector<std::string> names;
  for (const Handle& served : service.models.all()) names.push_back(served->name());
  if (!names.empty()) {
    return error_in_shape(
        shape, 404, "",
        "no model answers here by default: POST /models/{name}/predict with one of " +
            shown(join(names), 1000));
  }
  Response response =
      error_in_shape(shape, 503, "No model here to use", "the server has no model loaded");
  response.headers.emplace_back("Retry-After", "1");
  return response;
}

}  // namespace mlserve::server
