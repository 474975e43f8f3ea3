#pragma once

#include <string>
#include <string_view>

#include "model/model.hpp"

namespace mlserve::exporters {

/// Throws Error(invalid_argument): "an ONNX graph cannot carry the text 'Name': ONNX has no
/// standard operator that splits a text into words".
[[noreturn]] void refuse(std::string_view format, const std::string& what, std::string_view why);

/// What a format cannot carry, each with the reason; empty: it can.
struct Limits {
  std::string_view format;           ///< "an ONNX graph"
  std::string_view text;             ///< features that are texts
  std::string_view date;             ///< features that are dates
  std::string_view refuses_missing;  ///< that rows with missing values are refused
};

/// Throws as `refuse` for the first thing in `model` that is beyond the limits.
void require_within(const Limits& limits, const model::Model& model);

}  // namespace mlserve::exporters
