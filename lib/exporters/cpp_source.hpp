#pragma once

#include <string>

#include "exporters/export_options.hpp"
#include "model/model.hpp"

namespace mlserve::exporters {

/// The model as one C++17 header that stands by itself: `Prediction mlserve_model::predict(const
/// Row&)`, of a regression or count `double`. A typed skin about the code of the C file. Names and
/// categories from the data stand in it escaped, never as code.
///
/// Several models may be in one program: `mlserve_model` has an inline namespace of each, by which
/// they are told apart where one file includes more than one.
std::string cpp_source(const model::Model& model, const ExportOptions& options = {});

}  // namespace mlserve::exporters
