#pragma once

#include <span>
#include <string>
#include <string_view>

#include "exporters/export_options.hpp"
#include "model/model.hpp"

namespace mlserve::exporters {

/// One format that a model can be written in. A new format is a file pair and a line in the table.
struct Exporter {
  std::string_view name;         ///< what `--format` takes
  std::string_view description;  ///< half a line for `--help`
  bool is_text;                  ///< else it is not for a terminal
  bool is_executable;            ///< the file may be run
  /// The whole export. Throws Error(invalid_argument) when the format cannot carry the model,
  /// saying what it cannot and why.
  std::string (*write)(const model::Model& model, const ExportOptions& options);
};

/// All formats, the default first.
std::span<const Exporter> exporters();

/// Throws Error(invalid_argument) that lists the formats.
const Exporter& find_exporter(std::string_view name);

}  // namespace mlserve::exporters
