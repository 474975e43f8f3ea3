#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "features/encoder.hpp"
#include "features/schema.hpp"

namespace mlserve::model {

/// Version of the model file that this program writes, and the newest it reads.
inline constexpr int kFormatVersion = 1;

/// What a model remembers of its making. No durations, threads or paths: the same data, options
/// and seed give the same file.
struct TrainingRecord {
  std::uint64_t rows = 0;                 ///< that the saved model was fitted on
  std::uint64_t rows_without_target = 0;  ///< left out
  std::string data_hash;                  ///< Table::data_hash
  std::string mlserve_version;
  std::string created_at;  ///< RFC 3339, only when SOURCE_DATE_EPOCH is set
  std::uint64_t seed = 0;
  double test_size = 0;  ///< share of the holdout
  double C = 1;          ///< inverse strength of the L2 penalty
  int iterations = 0;
  bool converged = false;
};

/// A training row with the prediction it must give wherever the model is loaded.
struct GoldenRow {
  std::string record;      ///< JSON object
  double probability = 0;  ///< of the second class
};

/// A trained binary classifier with all that is needed to use, explain and check it.
struct Model {
  features::Schema schema;
  features::Encoder encoder;
  std::vector<features::DesignColumn> columns;  ///< design_columns(schema)
  std::vector<double> coefficients;             ///< by column
  double intercept = 0;
  std::vector<double> standard_errors;  ///< by column; NaN where it cannot be estimated
  double intercept_standard_error = 0;
  /// Name and value, in the order of the report; measured on the holdout. Empty without one.
  std::vector<std::pair<std::string, double>> metrics;
  TrainingRecord training;
  std::vector<GoldenRow> golden_rows;
  std::string checksum;  ///< SHA-256 of the model file, 64 hex digits; set by save and load
};

}  // namespace mlserve::model
