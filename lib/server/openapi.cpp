#include "server/openapi.hpp"

#include <map>
#include <set>
#include <utility>

#include "core/text.hpp"
#include "core/version.hpp"
#include "server/error_shape.hpp"
#include "server/openapi.json.hpp"
#include "server/openapi_components.hpp"
#include "server/openapi_examples.hpp"
#include "server/openapi_models.json.hpp"
#include "server/openapi_schemas.hpp"
#include "server/openapi_template.hpp"
#include "server/percent_encoding.hpp"

namespace mlserve::server {
namespace {

constexpr std::string_view kName = "{name}";
constexpr std::string_view kVersion = "{version}";
constexpr std::string_view kLabel = "{label}";

/// The templates, as they are written.
struct Templates {
  OrderedJson server = OrderedJson::parse(kOpenApi);
  OrderedJson models = OrderedJson::parse(kOpenApiModels);
};

const Templates& templates() {
  static const Templates parsed;
  return parsed;
}

/// `path` with a value in the place of each "{part}".
std::string sample_of(std::string_view path) {
  std::string sample;
  for (std::size_t i = 0; i < path.size(); ++i) {
    if (path[i] == '{') i = path.find('}', i);
    sample += path[i] == '}' ? 'x' : path[i];
  }
  return sample;
}

bool has(std::string_view pattern, std::string_view part) {
  return pattern.find(part) != std::string_view::npos;
}

void replace(std::string& path, std::string_view part, std::string_view segment) {
  const std::size_t at = path.find(part);
  if (at == std::string::npos) return;
  std::string encoded;
  append_percent_encoded(encoded, segment);
  path.replace(at, part.size(), encoded);
}

/// The path of a model at that address; "" when the pattern is for other addresses. A path is
/// decoded before it is cut into segments: what has a slash is none.
std::string path_of(const std::string& pattern, const ModelAddress& address) {
  if (has(pattern, kName) == address.name.empty() ||
      has(pattern, kVersion) == address.version.empty() ||
      has(pattern, kLabel) == address.label.empty() || has(address.name, "/")) {
    return {};
  }
  std::string path = pattern;
  replace(path, kLabel, address.label);
  replace(path, kVersion, address.version);
  replace(path, kName, address.name);
  return path;
}

const char* error_response(std::string_view path) {
  switch (error_shape_of(path)) {
    case ErrorShape::mlflow:
      return "#/components/responses/MlflowError";
    case ErrorShape::error_member:
      return "#/components/responses/ErrorMember";
    case ErrorShape::problem_details:
      break;
  }
  return "#/components/responses/Problem";
}

/// The roles that a key must have, as OpenAPI 3.1 names them beside a scheme.
OrderedJson roles(Scope scope) {
  switch (scope) {
    case Scope::predict:
      return OrderedJson::array({"predict"});
    case Scope::jobs:
      return OrderedJson::array({"jobs"});
    case Scope::admin:
      return OrderedJson::array({"admin"});
    case Scope::none:
    case Scope::any:
      break;
  }
  return OrderedJson::array();
}

}  // namespace

/// One document in the making.
class OpenApi::Writer {
 public:
  Writer(const OpenApi& api, const std::vector<ModelAddress>& models) : api_(api) {
    filling_.values = {{"mlserve_version", mlserve::kVersion},
                       {"max_body_bytes", api.options_.max_body_bytes},
                       {"sync_limit", api.options_.sync_limit},
                       {"vertex_predict_route", api.options_.vertex_predict_route},
                       {"vertex_health_route", api.options_.vertex_health_route},
                       {"model_names", distinct(models, &ServedModel::name)},
                       {"model_versions", distinct(models, &ServedModel::version)}};
    if (api.options_.keys) filling_.conditions.insert("keys");
    if (api.options_.training) filling_.conditions.insert("training");
    if (find_route("post", "/jobs/{id}/retry") != nullptr) filling_.conditions.insert("jobs");
    document_ = fill(templates().server, filling_);
    drop_missing_routes();
  }

  void add_model(const ModelAddress& address);

  OrderedJson finish() && {
    keep_used_components(document_);
    return std::move(document_);
  }

 private:
  static OrderedJson distinct(const std::vector<ModelAddress>& models,
                              const std::string& (ServedModel::*member)() const) {
    std::set<std::string> texts;
    for (const ModelAddress& address : models) texts.insert((*address.served.*member)());
    return texts;
  }

  /// Null when there is none, or one that is there only to refuse.
  const Route* find_route(std::string_view method, std::string_view path) const {
    const Route* route = api_.router_.match(ascii_upper(method), sample_of(path)).route;
    return route != nullptr && (route->scope != Scope::admin || api_.options_.admin) ? route
                                                                                     : nullptr;
  }

  void drop_missing_routes();
  void finish_operation(OrderedJson& operation, std::string_view path, const Route& route) const;
  void add_operation(const OrderedJson& written, const std::string& pattern,
                     const ModelAddress& address, const TemplateFilling& filling);
  const TemplateFilling& filling_of(const ModelAddress& address);
  void add_components(const std::string& prefix, TemplateFilling& filling);

  const OpenApi& api_;
  TemplateFilling filling_;
  std::map<const ServedModel*, TemplateFilling> fillings_;
  ComponentNames names_;
  OrderedJson document_;
};

void OpenApi::Writer::drop_missing_routes() {
  OrderedJson paths = OrderedJson::object();
  for (auto& [path, operations] : document_["paths"].items()) {
    for (auto& [method, operation] : operations.items()) {
      const Route* route = find_route(method, path);
      if (route == nullptr) continue;
      finish_operation(operation, path, *route);
      paths[path][method] = std::move(operation);
    }
  }
  document_["paths"] = std::move(paths);
}

/// Adds what every operation has: errors, and which keys are asked for.
void OpenApi::Writer::finish_operation(OrderedJson& operation, std::string_view path,
                                       const Route& route) const {
  for (const char* range : {"4XX", "5XX"}) {
    operation["responses"][range] = {{"$ref", error_response(path)}};
  }
  operation["security"] = OrderedJson::array();
  if (!api_.options_.keys || route.scope == Scope::none) return;
  for (const char* scheme : {"bearer", "header"}) {
    operation["security"].push_back({{scheme, roles(route.scope)}});
  }
}

void OpenApi::Writer::add_operation(const OrderedJson& written, const std::string& pattern,
                                    const ModelAddress& address, const TemplateFilling& filling) {
  const std::string path = path_of(pattern, address);
  if (path.empty()) return;
  const std::string method = written.at("method");
  const Route* route = find_route(method, pattern);
  if (route == nullptr) return;
  OrderedJson operation = fill(written.at("operation"), filling);
  std::string id = operation.at("operationId");
  if (!address.name.empty()) id += "." + address.name;
  if (!address.version.empty()) id += ".v" + address.version;
  if (!address.label.empty()) id += "." + address.label;
  operation["operationId"] = names_.claim(id);
  finish_operation(operation, path, *route);
  document_["paths"][path][method] = std::move(operation);
}

/// Makes components of the templates, to which references go from now on.
void OpenApi::Writer::add_components(const std::string& prefix, TemplateFilling& filling) {
  const OrderedJson& written = templates().models;
  for (const std::string kind : {"requestBodies", "schemas"}) {
    const std::string place = "#/components/" + kind + "/";
    for (const auto& [name, component] : written.at(kind).items()) {
      std::string& reference = filling.references[place + name];
      reference.append(place).append(prefix).append(".").append(name);
    }
  }
  for (const std::string kind : {"requestBodies", "schemas"}) {
    for (const auto& [name, component] : written.at(kind).items()) {
      const std::string own_name = std::string(prefix).append(".").append(name);
      document_["components"][kind][own_name] = fill(component, filling);
    }
  }
}

/// What the templates are filled with for a model; made at its first address.
const TemplateFilling& OpenApi::Writer::filling_of(const ModelAddress& address) {
  const ServedModel& served = *address.served;
  const auto [found, is_new] = fillings_.emplace(&served, filling_);
  TemplateFilling& filling = found->second;
  if (!is_new) return filling;
  filling.values["model"] = served.name();
  filling.values["target"] = served.model().schema.target.name;
  add_model_schemas(served.model(), filling);
  add_model_examples(served, filling);
  const std::string version = address.version.empty() ? "" : ".v" + address.version;
  add_components(names_.claim(served.name() + version), filling);
  return filling;
}

void OpenApi::Writer::add_model(const ModelAddress& address) {
  const TemplateFilling& filling = filling_of(address);
  const OrderedJson operations =
      fill(templates().models.at("operations"), {{}, filling.conditions, {}});
  for (const OrderedJson& operation : operations) {
    // Of two operations for one path the later counts: what Vertex AI chose goes before others.
    for (const OrderedJson& pattern : fill(operation.at("paths"), filling)) {
      add_operation(operation, pattern, address, filling);
    }
  }
}

OpenApi::OpenApi(const std::vector<Route>& routes, OpenApiOptions options)
    : router_(routes), options_(std::move(options)) {}

std::string OpenApi::document(const std::vector<ModelAddress>& models) const {
  Writer writer(*this, models);
  for (const ModelAddress& address : models) writer.add_model(address);
  constexpr int kOneLine = -1;
  return std::move(writer).finish().dump(kOneLine, ' ', false,
                                         OrderedJson::error_handler_t::replace) +
         "\n";
}

}  // namespace mlserve::server
