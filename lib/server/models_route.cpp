#include "server/models_route.hpp"

#include <string>

#include "core/text.hpp"
#include "data/json_writer.hpp"
#include "server/problem.hpp"

namespace mlserve::server {
namespace {

using data::JsonWriter;

void write_identity(JsonWriter& json, const ServedModel& served) {
  json.key("name").string(served.name());
  json.key("version").string(served.version());
  json.key("checksum").string("sha256:" + served.model().checksum);
}

void write_target(JsonWriter& json, const features::Target& target) {
  json.begin_object().key("name").string(target.name);
  json.key("type").string(type_name(target.type)).key("classes").begin_array();
  for (std::size_t k = 0; k < target.classes.size(); ++k) json.raw(features::class_json(target, k));
  json.end_array().end_object();
}

void write_feature(JsonWriter& json, const features::Feature& feature, double fill) {
  json.begin_object().key("name").string(feature.name).key("kind").string(kind_name(feature.kind));
  if (feature.is_categorical()) {
    json.key("categories").begin_array();
    for (const std::string& category : feature.categories) json.string(category);
    json.end_array();
  } else {
    json.key("minimum").number(feature.minimum).key("maximum").number(feature.maximum);
    json.key("fill").number(fill);
  }
  json.end_object();
}

std::string model_json(const ServedModel& served) {
  const model::Model& model = served.model();
  std::string text;
  JsonWriter json(text);
  json.begin_object();
  write_identity(json, served);
  json.key("versions").begin_array().string(served.version()).end_array();
  json.key("task").string("classification").key("estimator").string("logistic");
  json.key("target");
  write_target(json, model.schema.target);
  json.key("features").begin_array();
  for (std::size_t f = 0; f < model.schema.features.size(); ++f) {
    write_feature(json, model.schema.features[f], model.encoder.fill_values()[f]);
  }
  json.end_array().key("columns").begin_array();
  for (const features::DesignColumn& column : model.columns) json.string(column.name);
  json.end_array().key("metrics").begin_object();
  for (const auto& [name, value] : model.metrics) json.key(name).number(value);
  json.end_object().end_object();
  return text + "\n";
}

}  // namespace

Response no_such_model(std::string_view name) {
  return problem(404, "", "no model '" + shown(name) + "' here; GET /models lists them");
}

Response answer_models(const ModelRegistry& models) {
  Response response;
  response.content_type = "application/json";
  JsonWriter json(response.body);
  json.begin_object().key("models").begin_array();
  for (const ModelRegistry::Handle& served : models.all()) {
    json.begin_object();
    write_identity(json, *served);
    json.end_object();
  }
  json.end_array().end_object();
  response.body += '\n';
  return response;
}

Response answer_model(const ModelRegistry& models, const Request& request) {
  const ModelRegistry::Handle served = models.find(request.path_value("name"));
  if (!served) return no_such_model(request.path_value("name"));
  const std::string etag = "\"" + served->model().checksum + "\"";
  Response response;
  response.headers.emplace_back("ETag", etag);
  const std::string_view known = request.header("If-None-Match");
  if (known == "*" || known.find(etag) != std::string_view::npos) {
    response.status = 304;
    return response;
  }
  response.content_type = "application/json";
  response.body = model_json(*served);
  return response;
}

}  // namespace mlserve::server
