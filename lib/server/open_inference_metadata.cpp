#include "server/open_inference_metadata.hpp"

#include "core/version.hpp"
#include "data/json_writer.hpp"

namespace mlserve::server::open_inference {
namespace {

using data::JsonWriter;
using features::FeatureKind;

/// A tensor of any number of rows, `columns` values each.
void write_tensor(JsonWriter& json, std::string_view name, std::string_view datatype,
                  std::size_t columns) {
  json.begin_object().key("name").string(name).key("datatype").string(datatype);
  json.key("shape").begin_array().integer(-1).integer(static_cast<long long>(columns));
  json.end_array().end_object();
}

void write_strings(JsonWriter& json, const std::vector<std::string>& texts) {
  json.begin_array();
  for (const std::string& text : texts) json.string(text);
  json.end_array();
}

}  // namespace

std::string_view datatype_of(const features::Feature& feature) {
  switch (feature.kind) {
    case FeatureKind::numeric:
      return feature.integers ? "INT64" : "FP64";
    case FeatureKind::boolean:
      return "BOOL";
    case FeatureKind::categorical:
    case FeatureKind::text:
    case FeatureKind::date:
      break;
  }
  return "BYTES";
}

std::string_view datatype_of(Output output, const features::Target& target) {
  if (output == Output::predict_proba || target.classes.empty()) return "FP64";
  switch (target.type) {
    case features::TargetType::integer:
      return "INT64";
    case features::TargetType::real:
      return "FP64";
    case features::TargetType::boolean:
      return "BOOL";
    case features::TargetType::string:
      break;
  }
  return "BYTES";
}

std::string model_metadata(const ServedModel& served, const std::vector<std::string>& versions) {
  const features::Schema& schema = served.model().schema;
  std::string text;
  JsonWriter json(text);
  json.begin_object().key("name").string(served.name()).key("versions");
  write_strings(json, versions);
  json.key("platform").string("mlserve_json").key("inputs").begin_array();
  for (const features::Feature& feature : schema.features) {
    write_tensor(json, feature.name, datatype_of(feature), 1);
  }
  json.end_array().key("outputs").begin_array();
  for (const Output output : outputs_of(schema.target)) {
    write_tensor(json, output_name(output), datatype_of(output, schema.target),
                 output == Output::predict ? 1 : schema.target.classes.size());
  }
  json.end_array().end_object();
  return text;
}

std::string server_metadata(const std::vector<std::string>& extensions) {
  std::string text;
  JsonWriter json(text);
  json.begin_object().key("name").string("mlserve").key("version").string(kVersion);
  json.key("extensions");
  write_strings(json, extensions);
  json.end_object();
  return text;
}

}  // namespace mlserve::server::open_inference
