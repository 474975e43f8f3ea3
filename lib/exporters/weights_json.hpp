#pragma once

#include <string>

#include "exporters/export_options.hpp"
#include "model/model.hpp"

namespace mlserve::exporters {

/// The weights by feature as a JSON document, which WEIGHTS.md beside this file describes: all that
/// is needed to score a row, and nothing else. Only what a missing value adds beyond the range of a
/// double cannot be written so.
std::string weights_json(const model::Model& model, const ExportOptions& options = {});

}  // namespace mlserve::exporters
