#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "data/csv_options.hpp"
#include "features/infer.hpp"
#include "metrics/classification.hpp"
#include "model/model.hpp"

namespace mlserve::pipeline {

/// What is trained when neither target nor features are named and the file has this target: the
/// recipe of the Titanic tutorials.
struct Recipe {
  std::string target = "Survived";
  std::vector<std::string> features = {"Age", "Sex", "Embarked"};
};

struct TrainOptions {
  data::CsvOptions csv;
  std::string target;                    ///< empty: the recipe's, if the file has it
  std::vector<std::string> features;     ///< empty: the recipe's, or every other column
  std::vector<std::string> exclude;      ///< not to be features
  std::vector<std::string> categorical;  ///< categories, whatever their values look like
  std::vector<std::string> numeric;      ///< numbers; another text in them is an error
  double C = 1;                          ///< as scikit-learn's LogisticRegression
  double test_size = 0.2;                ///< share of the holdout; 0: no holdout
  std::uint64_t seed = 42;               ///< decides which rows are the holdout
  unsigned threads = 1;                  ///< the model is the same for any number
  std::string created_at;                ///< goes into the record; empty: none
  Recipe recipe;
};

struct TrainResult {
  model::Model model;
  features::InferredSchema inferred;  ///< `labels` is emptied
  std::optional<metrics::BinaryMetrics> holdout;
};

/// Reads CSV files and infers their schema; fits nothing. Same errors as `train`.
features::InferredSchema infer_files(const std::vector<std::string>& paths,
                                     const TrainOptions& options);

/// From CSV files ("-": standard input), as read_table has them, to a fitted model.
///
/// Metrics come from a stratified holdout on which fill values and coefficients were learned from
/// the training part alone; the model is then fitted on all rows.
/// Throws Error(invalid_argument) for an option that does not fit the file (no such column),
/// Error(invalid_data) for data that cannot be learned from.
TrainResult train(const std::vector<std::string>& paths, const TrainOptions& options);

}  // namespace mlserve::pipeline
