#include "server/models_route.hpp"

#include <string>

#include "core/text.hpp"
#include "data/json_writer.hpp"
#include "pipeline/describe.hpp"
#include "server/etag.hpp"
#include "server/problem.hpp"

namespace mlserve::server {
namespace {

using data::JsonWriter;

void write_identity(JsonWriter& json, const ServedModel& served) {
  json.key("name").string(served.name());
  json.key("version").string(served.version());
  json.key("checksum").string("sha256:" + served.model().checksum);
}

std::string model_json(const ServedModel& served) {
  const model::Model& model = served.model();
  std::string text;
  JsonWriter json(text);
  json.begin_object();
  write_identity(json, served);
  json.key("versions").begin_array().string(served.version()).end_array();
  json.key("task").string(features::task_name(model.schema.target.task));
  json.key("estimator").string(model::estimator_name(model.estimator)).key("target");
  pipeline::write_target(json, model.schema.target);
  json.key("features");
  pipeline::write_features(json, model.schema, model.encoder);
  json.key("columns").begin_array();
  for (const features::DesignColumn& column : model.columns) json.string(column.name);
  json.end_array().key("metrics");
  pipeline::write_numbers(json, model.metrics);
  json.end_object();
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
  if (has_current(request, etag)) {
    response.status = 304;
    return response;
  }
  response.content_type = "application/json";
  response.body = model_json(*served);
  return response;
}

}  // namespace mlserve::server
