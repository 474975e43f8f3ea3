#pragma once

#include <map>
#include <string>

#include "core/atomic_file.hpp"
#include "pipeline/train.hpp"
#include "support/temporary_folder.hpp"

namespace mlserve::testing {

inline const std::string kTitanic = MLSERVE_SOURCE_DIR "/data/titanic.csv";

/// What training on the text of a CSV file gives.
inline pipeline::TrainResult train_text(const std::string& csv,
                                        const pipeline::TrainOptions& options) {
  const TemporaryFolder folder;
  write_file(folder.file("data.csv"), csv);
  return pipeline::train({folder.file("data.csv")}, options);
}

/// Coefficients by the names of their columns, which must differ.
inline std::map<std::string, double> coefficients_by_name(const model::Model& model) {
  std::map<std::string, double> by_name;
  for (std::size_t c = 0; c < model.columns.size(); ++c) {
    by_name[model.columns[c].name] = model.coefficients[0][c];
  }
  return by_name;
}

}  // namespace mlserve::testing
