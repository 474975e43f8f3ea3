#pragma once

#include <cstdint>
#include <string>

#include "data/csv_options.hpp"
#include "exporters/exporter.hpp"
#include "model/model.hpp"

namespace mlserve::pipeline {

struct ExportRequest {
  const exporters::Exporter* exporter = nullptr;
  exporters::ExportOptions options;
  std::string output = "-";
  std::string verify;    ///< data file to be scored by the export as well; empty: none
  data::CsvOptions csv;  ///< of that file
};

/// How well an export agrees with the model.
struct ExportCheck {
  std::string runtime;            ///< what ran the export; empty: nothing here can
  std::string why_not;            ///< then the reason: "no ONNX runtime is linked in"
  std::uint64_t golden_rows = 0;  ///< scored
  std::uint64_t rows = 0;         ///< of the data file
  double largest_difference = 0;  ///< between two probabilities or predicted numbers
};

/// Largest difference of a probability, or of a predicted number relative to its size where that
/// exceeds 1, that is taken for agreement.
inline constexpr double kExportTolerance = 1e-12;

/// Writes the export of `model`, after its golden rows, and those of the data file, were scored
/// again through what will be written, where a runtime is at hand. The file appears whole or, when
/// anything is wrong, not at all.
/// Throws Error(invalid_argument) when the format cannot carry the model, or when a data file is
/// given and nothing can run the export; Error(internal) naming the row when the export disagrees;
/// and as `predict_file` for the data file.
ExportCheck export_model(const model::Model& model, const ExportRequest& request);

}  // namespace mlserve::pipeline
