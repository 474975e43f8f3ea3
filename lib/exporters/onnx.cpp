#include "exporters/onnx.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <string_view>
#include <utility>
#include <vector>

#include "core/text.hpp"
#include "core/version.hpp"
#include "exporters/onnx_answers.hpp"
#include "exporters/onnx_graph.hpp"
#include "exporters/onnx_margins.hpp"
#include "exporters/protobuf_writer.hpp"
#include "exporters/refusal.hpp"
#include "model/scorer.hpp"

namespace mlserve::exporters {
namespace {

void require_supported(const model::Model& model) {
  require_within({.format = kOnnxGraph,
                  .text = "ONNX has no standard operator that splits a text into words",
                  .date = "ONNX has no standard operator that reads a date",
                  .refuses_missing = "it scores all rows or none"},
                 model);
  const std::vector<std::string> outputs = onnx_outputs(model);
  for (const features::Feature& feature : model.schema.features) {
    if (feature.name.empty()) {
      refuse(kOnnxGraph, "the feature ''",
             "its inputs are known by their names, and none may be empty");
    }
    if (std::find(outputs.begin(), outputs.end(), feature.name) != outputs.end()) {
      refuse(kOnnxGraph, "the feature '" + feature.name + "'",
             "it has an output of that name, and no two of its tensors may share one");
    }
  }
}

ProtobufWriter graph_message(const model::Model& model) {
  std::vector<std::string> names = model.schema.feature_names();
  for (std::string& name : onnx_outputs(model)) names.push_back(std::move(name));
  OnnxGraph graph(names);
  add_answers(model, add_margins(model, model::Scorer(model), graph), graph);
  return graph.message("mlserve");
}

/// The classes as a JSON list.
std::string classes_json(const features::Target& target) {
  std::vector<std::string> texts;
  for (std::size_t k = 0; k < target.classes.size(); ++k)
    texts.push_back(features::class_json(target, k));
  return "[" + join(texts) + "]";
}

// Field numbers of onnx-ml.proto.
namespace model_field {
enum : std::uint32_t {
  ir_version = 1,
  producer_name = 2,
  producer_version = 3,
  doc_string = 6,
  graph = 7,
  opset_import = 8,
  metadata_props = 14
};
}
namespace opset_field {
enum : std::uint32_t { domain = 1, version = 2 };
}
namespace property_field {
enum : std::uint32_t { key = 1, value = 2 };
}

/// OperatorSetIdProto, without a domain for ONNX's own.
ProtobufWriter opset(std::string_view domain, std::int64_t version) {
  ProtobufWriter message;
  if (!domain.empty()) message.text(opset_field::domain, domain);
  message.integer(opset_field::version, version);
  return message;
}

/// StringStringEntryProto.
ProtobufWriter property(std::string_view key, std::string_view value) {
  ProtobufWriter message;
  message.text(property_field::key, key);
  message.text(property_field::value, value);
  return message;
}

}  // namespace

std::string onnx_model(const model::Model& model, const ExportOptions&) {
  require_supported(model);
  const features::Target& target = model.schema.target;
  ProtobufWriter file;
  file.integer(model_field::ir_version, 8);
  file.text(model_field::producer_name, "mlserve");
  file.text(model_field::producer_version, kVersion);
  file.text(model_field::doc_string,
            "Raw values, a row each: a missing number is NaN, a missing text is empty, unknown "
            "categories are allowed.");
  file.message(model_field::graph, graph_message(model));
  file.message(model_field::opset_import, opset("", 17));
  file.message(model_field::opset_import, opset("ai.onnx.ml", 3));
  file.message(model_field::metadata_props, property("target", target.name));
  file.message(model_field::metadata_props, property("task", features::task_name(target.task)));
  file.message(model_field::metadata_props,
               property("estimator", model::estimator_name(model.estimator)));
  if (!target.classes.empty())
    file.message(model_field::metadata_props, property("classes", classes_json(target)));
  if (file.bytes().size() > std::numeric_limits<std::int32_t>::max())
    refuse(kOnnxGraph, "so many weights",
           "a message of protobuf, as which it is stored, ends at 2 GiB");
  return file.bytes();
}

}  // namespace mlserve::exporters
