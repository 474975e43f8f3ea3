#pragma once

#include <string>

#include "exporters/export_options.hpp"
#include "model/model.hpp"

namespace mlserve::exporters {

/// The model as one self-contained C99 file: `int predict(const struct mlserve_row *row, double
/// *probability)` takes raw values, strings included, and repeats Scorer's arithmetic term by term.
/// Compiles without a warning under -Wall -Wextra -Werror -pedantic; needs only the math library.
/// Names and categories from the data stand in it escaped, never as code.
std::string c_source(const model::Model& model, const ExportOptions& options = {});

}  // namespace mlserve::exporters
