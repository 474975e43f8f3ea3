#pragma once

#include <string>

#include "exporters/export_options.hpp"
#include "model/model.hpp"

namespace mlserve::exporters {

/// The model as an ONNX file (ir_version 8, operators of ai.onnx 17 and ai.onnx.ml 3, all
/// arithmetic in double): one graph from raw values to answers that repeats Scorer's arithmetic
/// but for the order of additions.
///
/// Inputs, one a feature by its name, [rows, 1]: doubles for numbers and truth values, NaN where
/// missing; strings for categories, empty where missing. An unknown category is allowed.
///
/// Outputs of a classification: `label` [rows], int64 when the classes are integers of 64 bits,
/// else their texts ("true", "2.5"); `probabilities` [rows, classes], double, in the order of the
/// classes. Of a regression or count: `prediction` [rows, 1], double.
///
/// Texts, dates and the refusal of missing values cannot be carried, nor a feature without a name
/// or with that of an output, nor what takes 2 GiB.
std::string onnx_model(const model::Model& model, const ExportOptions& options = {});

}  // namespace mlserve::exporters
