#include "server/tensorflow_status.hpp"

#include <string>
#include <string_view>
#include <utility>

#include "data/json_writer.hpp"
#include "server/error_shape.hpp"
#include "server/model_lookup.hpp"
#include "server/tensorflow_signatures.hpp"

namespace mlserve::server {
namespace {

using data::JsonWriter;
using features::Feature;
using features::FeatureKind;
using features::TargetType;

Response json_response(int status, std::string text) {
  return {status, "application/json", std::move(text) + "\n", {}};
}

std::string_view type_of(const Feature& feature) {
  if (feature.kind == FeatureKind::boolean) return "DT_BOOL";
  return feature.kind == FeatureKind::numeric ? "DT_DOUBLE" : "DT_STRING";
}

std::string_view type_of(const features::Target& target) {
  if (target.classes.empty()) return "DT_DOUBLE";
  switch (target.type) {
    case TargetType::integer:
      return "DT_INT64";
    case TargetType::real:
      return "DT_DOUBLE";
    case TargetType::boolean:
      return "DT_BOOL";
    case TargetType::string:
      return "DT_STRING";
  }
  return "DT_STRING";
}

/// A tensor of any number of rows, each of `width` values; 0: of one, which is no list.
void write_tensor(JsonWriter& json, std::string_view name, std::string_view type,
                  std::size_t width) {
  json.key(name).begin_object().key("name").string(name).key("dtype").string(type);
  json.key("tensor_shape").begin_object().key("unknown_rank").boolean(false);
  json.key("dim").begin_array();
  json.begin_object().key("size").string("-1").key("name").string("").end_object();
  if (width > 0) {
    json.begin_object().key("size").string(std::to_string(width)).key("name").string("");
    json.end_object();
  }
  json.end_array().end_object().end_object();
}

void write_signature(JsonWriter& json, const features::Schema& schema, std::string_view signature) {
  json.key(signature).begin_object().key("method_name").string("tensorflow/serving/predict");
  json.key("inputs").begin_object();
  for (const Feature& feature : schema.features) {
    write_tensor(json, feature.name, type_of(feature), 0);
  }
  json.end_object().key("outputs").begin_object();
  if (signature == kProbabilitySignature) {
    write_tensor(json, signature, "DT_DOUBLE", schema.target.classes.size());
  } else {
    write_tensor(json, "predict", type_of(schema.target), 0);
  }
  json.end_object().end_object();
}

std::string_view state_name(LoadState state) {
  switch (state) {
    case LoadState::ready:
      return "AVAILABLE";
    case LoadState::loading:
      return "LOADING";
    case LoadState::unloading:
      return "UNLOADING";
    case LoadState::unavailable:
      return "END";
  }
  return "UNKNOWN";
}

void write_version(JsonWriter& json, const ModelState& state) {
  json.begin_object().key("version").string(state.version);
  json.key("state").string(state_name(state.state));
  json.key("status").begin_object();
  json.key("error_code").string(state.failed ? "UNKNOWN" : "OK");
  json.key("error_message").string(state.failed ? state.reason : "").end_object().end_object();
}

}  // namespace

Response answer_tensorflow_models(const Service& service, const Request&) {
  std::string text;
  JsonWriter json(text);
  json.begin_object().key("models").begin_array();
  for (const ModelRegistry::Handle& served : service.models.all()) json.string(served->name());
  json.end_array().end_object();
  return json_response(200, std::move(text));
}

Response answer_tensorflow_status(const Service& service, const Request& request) {
  const ModelRegistry::Handle served = model_for(service, request);
  if (!served) return no_model(ErrorShape::error_member, service, request);
  const bool ready = !service.draining;
  const std::string_view asked_for = request.path_value("name");
  const bool one_version =
      !request.path_value("version").empty() || !request.path_value("label").empty();
  std::string text;
  JsonWriter json(text);
  json.begin_object();
  json.key("name").string(asked_for.empty() ? std::string_view(served->name()) : asked_for);
  json.key("ready").boolean(ready).key("model_version_status").begin_array();
  for (const ModelState& state : service.models.states(served->name())) {
    if (!one_version || state.version == served->version()) write_version(json, state);
  }
  json.end_array().end_object();
  return json_response(ready ? 200 : 503, std::move(text));
}

Response answer_tensorflow_metadata(const Service& service, const Request& request) {
  const ModelRegistry::Handle served = model_for(service, request);
  if (!served) return no_model(ErrorShape::error_member, service, request);
  const features::Schema& schema = served->model().schema;
  std::string text;
  JsonWriter json(text);
  json.begin_object().key("model_spec").begin_object();
  json.key("name").string(served->name()).key("version").string(served->version());
  json.key("signature_name").string("").end_object();
  json.key("metadata").begin_object().key("signature_def").begin_object();
  json.key("signature_def").begin_object();
  write_signature(json, schema, kDefaultSignature);
  if (!schema.target.classes.empty()) write_signature(json, schema, kProbabilitySignature);
  json.end_object().end_object().end_object().end_object();
  return json_response(200, std::move(text));
}

}  // namespace mlserve::server
