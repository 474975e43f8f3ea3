#pragma once

#include <string>
#include <string_view>

#include "exporters/export_options.hpp"
#include "model/model.hpp"

namespace mlserve::exporters {

/// A program about a C or C++ export, which it includes as the file `source`: it reads rows from
/// standard input, as lib/exporters/c/driver.c says, first how many there are, and prints for each
/// a line: the label (0 without classes) and the scores (model/scores.hpp), exactly. It takes no
/// names from the data but those of the row's members.
std::string c_driver(const model::Model& model, const ExportOptions& options,
                     std::string_view source);

}  // namespace mlserve::exporters
