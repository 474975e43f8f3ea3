#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "features/design_column.hpp"
#include "features/encoder.hpp"
#include "features/schema.hpp"

namespace mlserve::model {

/// Version of the model file that this program writes, and the newest it reads.
inline constexpr int kFormatVersion = 2;

/// How margins become answers; named after the fit.
enum class Estimator { logistic, linear, poisson };

std::string_view estimator_name(Estimator estimator);
/// The estimator of a task; each has its own.
Estimator estimator_of(features::Task task);

/// Names and values in the order in which people see them.
using NamedNumbers = std::vector<std::pair<std::string, double>>;

/// What a model remembers of its making. No durations, threads or paths: the same data, options
/// and seed give the same file.
struct TrainingRecord {
  std::uint64_t rows = 0;                 ///< that the saved model was fitted on
  std::uint64_t rows_without_target = 0;  ///< left out
  std::string data_hash;                  ///< Table::data_hash
  std::string mlserve_version;
  std::string created_at;  ///< RFC 3339, only when SOURCE_DATE_EPOCH is set
  /// Options of `train` by name, as one writes them there; numbers as format_double does.
  std::vector<std::pair<std::string, std::string>> options;
  std::string solver;
  int iterations = 0;
  bool converged = false;
};

/// A training row with what it must give wherever the model is loaded.
struct GoldenRow {
  std::string record;          ///< JSON object
  std::vector<double> scores;  ///< Scores::row
};

/// How much the other features inflate the variance of the coefficients of one.
struct VarianceInflation {
  std::string feature;
  double gvif = 0;
  int columns = 0;  ///< degrees of freedom
};

/// What statistics say of the coefficients of a fit.
struct Inference {
  /// By column, in one row, or in a row for each class but the first: there the estimate is the
  /// difference from the first class. NaN where it cannot be told.
  std::vector<std::vector<double>> standard_errors;
  std::vector<double> intercept_standard_errors;  ///< one a row
  double residual_degrees = 0;  ///< of Student's t for a linear model, else 0: normal
  NamedNumbers statistics;      ///< deviances, AIC, BIC
  std::vector<VarianceInflation> inflation;
  std::vector<std::string> warnings;  ///< one sentence each
};

/// A trained model with all that is needed to use, explain and check it.
struct Model {
  features::Schema schema;
  features::Encoder encoder;
  Estimator estimator = Estimator::logistic;
  std::vector<features::DesignColumn> columns;  ///< design_columns(schema, encoder)
  /// By column: one row, or with three classes and more one row a class. NaN where a column tells
  /// nothing that the ones before it do not tell; it counts as 0.
  std::vector<std::vector<double>> coefficients;
  std::vector<double> intercepts;  ///< one a row
  std::vector<double> means;       ///< of the columns over the training rows
  std::vector<double> scales;      ///< of the columns in the fit; empty: none
  double threshold = 0.5;          ///< the second of two classes is predicted above it
  Inference inference;
  NamedNumbers metrics;             ///< of the holdout, or means over the folds; empty without
  NamedNumbers metrics_deviations;  ///< standard deviations over the folds
  TrainingRecord training;
  std::vector<GoldenRow> golden_rows;
  std::string checksum;  ///< SHA-256 of the model file, 64 hex digits; set by save and load
};

}  // namespace mlserve::model
