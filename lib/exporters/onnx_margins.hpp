#pragma once

#include <string>

#include "exporters/onnx_graph.hpp"
#include "model/model.hpp"
#include "model/scorer.hpp"

namespace mlserve::exporters {

/// Adds the inputs, one a feature by its name, [rows, 1]: a double, NaN where missing, for a number
/// or truth value; a string, empty where missing, for a category; and the margins of the model.
/// Their name; they are [rows, margins]. `scorer` is that of the model, which has neither texts nor
/// dates.
std::string add_margins(const model::Model& model, const model::Scorer& scorer, OnnxGraph& graph);

}  // namespace mlserve::exporters
