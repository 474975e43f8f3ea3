#pragma once

#include <string>

#include "exporters/export_options.hpp"
#include "model/model.hpp"

namespace mlserve::exporters {

/// The column names, as pandas.get_dummies gives them, in the order of the coefficients: a JSON
/// list.
std::string columns_json(const model::Model& model, const ExportOptions& options = {});

}  // namespace mlserve::exporters
