#include "server/models_route.hpp"

#include <string>

#include "core/sha256.hpp"
#include "data/json_writer.hpp"
#include "pipeline/describe.hpp"
#include "server/etag.hpp"
#include "server/model_lookup.hpp"

namespace mlserve::server {
namespace {

using data::JsonWriter;
using Handle = ModelRegistry::Handle;

void write_identity(JsonWriter& json, const ServedModel& served) {
  json.key("name").string(served.name());
  json.key("version").string(served.version());
  json.key("checksum").string("sha256:" + served.model().checksum);
}

void write_versions(JsonWriter& json, const std::vector<Handle>& versions) {
  json.key("versions").begin_array();
  for (const Handle& version : versions) json.string(version->version());
  json.end_array();
}

/// Those of one model, or all: "" is the name of none.
void write_aliases(JsonWriter& json, const ModelRegistry& models, std::string_view model) {
  json.key("aliases").begin_array();
  for (const AliasState& alias : models.aliases()) {
    if (!alias.served || (!model.empty() && alias.served->name() != model)) continue;
    json.begin_object().key("name").string(alias.wanted.name);
    json.key("model").string(alias.served->name());
    json.key("version").string(alias.served->version()).end_object();
  }
  json.end_array();
}

void write_model(JsonWriter& json, const ServedModel& served) {
  const model::Model& model = served.model();
  json.key("task").string(features::task_name(model.schema.target.task));
  json.key("estimator").string(model::estimator_name(model.estimator)).key("target");
  pipeline::write_target(json, model.schema.target);
  json.key("features");
  pipeline::write_features(json, model.schema, model.encoder);
  json.key("columns").begin_array();
  for (const features::DesignColumn& column : model.columns) json.string(column.name);
  json.end_array().key("metrics");
  pipeline::write_numbers(json, model.metrics);
}

Response tagged(const Request& request, std::string body, const std::string& tag) {
  Response response;
  const std::string etag = "\"" + tag + "\"";
  response.headers.emplace_back("ETag", etag);
  if (has_current(request, etag)) {
    response.status = 304;
    return response;
  }
  response.content_type = "application/json";
  response.body = std::move(body);
  return response;
}

}  // namespace

Response answer_models(const Service& service) {
  const ModelRegistry& models = service.models;
  Response response;
  response.content_type = "application/json";
  JsonWriter json(response.body);
  json.begin_object().key("models").begin_array();
  for (const Handle& served : models.all()) {
    json.begin_object();
    write_identity(json, *served);
    write_versions(json, models.versions(served->name()));
    json.end_object();
  }
  json.end_array();
  write_aliases(json, models, "");
  json.end_object();
  response.body += '\n';
  return response;
}

Response answer_model(const Service& service, const Request& request) {
  Request asked = request;
  if (const std::string_view version = request.query_value("version"); !version.empty()) {
    asked.path_parameters.emplace_back("version", version);
  }
  const Handle served = model_for(service, asked);
  if (!served) return no_model(ErrorShape::problem_details, service, asked);
  std::string body;
  JsonWriter json(body);
  json.begin_object();
  write_identity(json, *served);
  write_versions(json, service.models.versions(request.path_value("name")));
  write_aliases(json, service.models, served->name());
  write_model(json, *served);
  json.end_object();
  body += '\n';
  // The model may be the same while its versions and aliases are others.
  const std::string tag = sha256_hex(body);
  return tagged(request, std::move(body), tag);
}

Response answer_model_version(const Service& service, const Request& request) {
  const Handle served = model_for(service, request);
  if (!served) return no_model(ErrorShape::problem_details, service, request);
  std::string body;
  JsonWriter json(body);
  json.begin_object();
  write_identity(json, *served);
  write_model(json, *served);
  json.end_object();
  return tagged(request, body + "\n", served->model().checksum);
}

}  // namespace mlserve::server
