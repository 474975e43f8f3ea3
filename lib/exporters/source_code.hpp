#pragma once

#include <string>

#include "exporters/export_options.hpp"
#include "model/model.hpp"

namespace mlserve::exporters {

/// The model as one source file of `options.language`, see c_source, cpp_source, javascript_source.
std::string source_code(const model::Model& model, const ExportOptions& options);

}  // namespace mlserve::exporters
