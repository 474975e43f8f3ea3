#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "core/progress.hpp"
#include "data/csv_options.hpp"
#include "estimators/fit.hpp"
#include "features/encoder.hpp"
#include "features/schema.hpp"
#include "metrics/threshold.hpp"
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

  std::string target;                     ///< empty: the recipe's, if the file has it
  std::optional<features::Task> task;     ///< by the estimator or the target's values
  std::vector<std::string> features;      ///< empty: the recipe's, or every other column
  std::vector<std::string> exclude;       ///< not to be features
  std::vector<std::string> categorical;   ///< categories, whatever their values look like
  std::vector<std::string> numeric;       ///< numbers; another text in them is an error
  std::vector<std::string> text;          ///< texts, whatever their values look like
  std::vector<std::string> interactions;  ///< "A:B"
  std::string sample_weight;              ///< column of row weights; empty: each row counts 1

  bool refuse_missing = false;        ///< a missing value of a feature is an error
  features::EncoderOptions encoding;  ///< without penalty the first category has no column
  bool standardize = false;           ///< numeric columns are divided by their standard deviation

  std::optional<model::Estimator> estimator;  ///< by the task
  estimators::Penalty penalty;
  std::optional<double> l1_ratio;  ///< of the elastic net; goes into `penalty`
  bool balanced = false;           ///< classes weigh the same in the fit: n / (k * n_c)

  double test_size = 0.2;  ///< share of the holdout; 0: none
  unsigned folds = 0;      ///< measure on so many folds instead of on a holdout; 0: do not
  /// Strengths and mixtures to try, each with each; the best by the loss on folds is fitted. Empty:
  /// those of `penalty`.
  std::vector<double> search_C;
  std::vector<double> search_l1_ratio;
  std::optional<double> threshold;  ///< of two classes; 0.5
  std::optional<metrics::ThresholdRule> threshold_rule;

  std::uint64_t seed = 42;  ///< decides which rows are the holdout and the folds
  unsigned threads = 1;     ///< the model is the same for any number
  std::string created_at;   ///< goes into the record; empty: none
  Recipe recipe;
  Progress progress;  ///< is told how far the training is
};

}  // namespace mlserve::pipeline
