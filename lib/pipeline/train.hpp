#pragma once

#include <optional>
#include <string>
#include <vector>

#include "data/input.hpp"
#include "features/infer.hpp"
#include "model/model.hpp"
#include "pipeline/train_options.hpp"
#include "pipeline/training_data.hpp"
#include "pipeline/validation.hpp"

namespace mlserve::pipeline {

struct TrainResult {
  model::Model model;
  features::InferredSchema inferred;     ///< `targets` is emptied
  std::optional<SearchResult> search;    ///< if one was asked for
  std::optional<Validation> validation;  ///< metrics on rows that a model was not fitted on
  std::string why_no_validation;         ///< where there is none
  double fit_seconds = 0;                ///< of the saved model's fit alone
  std::vector<double> objectives;        ///< at the solver's start and after each iteration
  double objective = 0;                  ///< sum of weight * loss + penalty / C, at the solution
};

/// From CSV inputs with the same columns to a fitted model. `options.progress` is told of the
/// reading, each trial of a search, the validation and the fit; a fit itself is not interrupted.
///
/// Metrics come from a stratified holdout or folds, on which fill values, rare categories, weights
/// of words, coefficients and the threshold were learned from the other part alone; the model is
/// then fitted on all rows.
/// Throws Error(invalid_argument) for an option that does not fit the file (no such column),
/// Error(invalid_data) for data that cannot be learned from.
TrainResult train(const std::vector<data::Input>& inputs, const TrainOptions& options);
/// The same for files ("-": standard input).
TrainResult train(const std::vector<std::string>& paths, const TrainOptions& options);

}  // namespace mlserve::pipeline
