#include "server/openapi.hpp"

#include <set>
#include <utility>

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

/// The templates, as they are written.
struct Templates {
  OrderedJson server = OrderedJson::parse(kOpenApi);
  OrderedJson models = OrderedJson::parse(kOpenApiModels);
};

const Templates& templates() {
  static const Templates kTemplates;
  return kTemplates;
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

std::string replaced(std::string text, std::string_view part, std::string_view by) {
  const std::size_t at = text.find(part);
  return at == std::string::npos ? text : text.replace(at, part.size(), by);
}

std::string encoded(std::string_view segment) {
  std::string text;
  append_percent_encoded(text, segment);
  return text;
}

/// A path is decoded before it is cut into segments: what has a slash is none.
bool fits_a_path(std::string_view name) { return name.find('/') == std::string_view::npos; }

std::string upper_case(std::string_view method) {
  std::string text;
  for (const char c : method) text += static_cast<char>(c - 'a' + 'A');
  return text;
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
  Writer(const OpenApi& api, const OpenApiModels& models) : api_(api) {
    filling_.values = {{"mlserve_version", mlserve::kVersion},
                       {"max_body_bytes", api.options_.max_body_bytes},
                       {"sync_limit", api.options_.sync_limit},
                       {"model_names", distinct(models, &ServedModel::name)},
                       {"model_versions", distinct(models, &ServedModel::version)}};
    if (api.options_.keys) filling_.conditions.insert("keys");
    if (api.options_.training) filling_.conditions.insert("training");
    if (find_route("post", "/jobs/{id}/retry") != nullptr) filling_.conditions.insert("jobs");
    document_ = fill(templates().server, filling_);
    drop_missing_routes();
  }

  /// `entry` also answers the paths that name no model.
  void add_model(const OpenApiModels::Entry& entry, bool is_default);

  OrderedJson finish() && {
    keep_used_components(document_);
    return std::move(document_);
  }

 private:
  static OrderedJson distinct(const OpenApiModels& models,
                              const std::string& (ServedModel::*member)() const) {
    std::set<std::string> texts;
    for (const OpenApiModels::Entry& entry : models.entries) {
      texts.insert((*entry.served.*member)());
    }
    return texts;
  }

  /// Null when there is none, or one that is there only to refuse.
  const Route* find_route(std::string_view method, std::string_view path) const {
    const Route* route = api_.router_.match(upper_case(method), sample_of(path)).route;
    return route != nullptr && (route->scope != Scope::admin || api_.options_.admin) ? route
                                                                                     : nullptr;
  }

  void drop_missing_routes();
  void finish_operation(OrderedJson& operation, std::string_view path, const Route& route) const;
  void add_operation(const OrderedJson& written, const std::string& pattern,
                     const OpenApiModels::Entry& entry, bool is_default,
                     const TemplateFilling& filling);

  const OpenApi& api_;
  TemplateFilling filling_;
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
  if (route.scope != Scope::none) {
    for (const char* range : {"4XX", "5XX"}) {
      operation["responses"][range] = {{"$ref", error_response(path)}};
    }
  }
  operation["security"] = OrderedJson::array();
  if (!api_.options_.keys || route.scope == Scope::none) return;
  for (const char* scheme : {"bearer", "header"}) {
    operation["security"].push_back({{scheme, roles(route.scope)}});
  }
}

void OpenApi::Writer::add_operation(const OrderedJson& written, const std::string& pattern,
                                    const OpenApiModels::Entry& entry, bool is_default,
                                    const TemplateFilling& filling) {
  const bool named = pattern.find(kName) != std::string::npos;
  const bool versioned = pattern.find(kVersion) != std::string::npos;
  if (!named && !is_default) return;
  if (named && !versioned && !entry.serving) return;
  if (named && !fits_a_path(entry.served->name())) return;
  const std::string method = written.at("method");
  const Route* route = find_route(method, pattern);
  if (route == nullptr) return;
  const ServedModel& served = *entry.served;
  const std::string path = replaced(replaced(pattern, kName, encoded(served.name())), kVersion,
                                    encoded(served.version()));
  OrderedJson operation = fill(written.at("operation"), filling);
  std::string id = operation.at("operationId");
  if (named) id += "." + served.name();
  if (versioned) id += ".v" + served.version();
  operation["operationId"] = names_.claim(id);
  finish_operation(operation, path, *route);
  document_["paths"][path][method] = std::move(operation);
}

void OpenApi::Writer::add_model(const OpenApiModels::Entry& entry, bool is_default) {
  const OrderedJson& written = templates().models;
  const ServedModel& served = *entry.served;
  TemplateFilling filling = filling_;
  filling.values["model"] = served.name();
  filling.values["target"] = served.model().schema.target.name;
  add_model_schemas(served.model(), filling);
  add_model_examples(served, filling);
  const std::string prefix =
      names_.claim(entry.serving ? served.name() : served.name() + ".v" + served.version());
  for (const char* kind : {"requestBodies", "schemas"}) {
    for (const auto& [name, component] : written.at(kind).items()) {
      filling.references["#/components/" + std::string(kind) + "/" + name] =
          "#/components/" + std::string(kind) + "/" + prefix + "." + name;
    }
  }
  for (const char* kind : {"requestBodies", "schemas"}) {
    for (const auto& [name, component] : written.at(kind).items()) {
      document_["components"][kind][prefix + "." + name] = fill(component, filling);
    }
  }
  for (const OrderedJson& operation :
       fill(written.at("operations"), {{}, filling.conditions, {}})) {
    for (const OrderedJson& pattern : operation.at("paths")) {
      add_operation(operation, pattern, entry, is_default, filling);
    }
  }
}

OpenApi::OpenApi(const std::vector<Route>& routes, OpenApiOptions options)
    : router_(routes), options_(options) {}

std::string OpenApi::document(const OpenApiModels& models) const {
  Writer writer(*this, models);
  for (const OpenApiModels::Entry& entry : models.entries) {
    writer.add_model(entry, entry.served == models.default_model);
  }
  constexpr int kOneLine = -1;
  return std::move(writer).finish().dump(kOneLine, ' ', false,
                                         OrderedJson::error_handler_t::replace) +
         "\n";
}

}  // namespace mlserve::server
