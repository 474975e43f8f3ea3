#pragma once

#include <string>
#include <vector>

#include "exporters/onnx_graph.hpp"
#include "model/model.hpp"

namespace mlserve::exporters {

/// The names of the outputs: `label` and `probabilities`, or `prediction` of a model of numbers.
std::vector<std::string> onnx_outputs(const model::Model& model);

/// Adds the outputs, and the nodes that make them of `margins`, the tensor that add_margins names.
void add_answers(const model::Model& model, const std::string& margins, OnnxGraph& graph);

}  // namespace mlserve::exporters
