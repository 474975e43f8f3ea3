#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "estimators/fit.hpp"
#include "pipeline/fit_model.hpp"
#include "pipeline/measure.hpp"
#include "pipeline/training_data.hpp"

namespace mlserve::pipeline {

/// A strength and mixture that was tried, and the loss (measure.hpp: mean_loss) on the folds.
struct Trial {
  estimators::Penalty penalty;
  double mean = 0;
  double deviation = 0;  ///< standard deviation over the folds (ddof 0)
};

/// "C = 0.1", of an elastic net "C = 0.1, l1 ratio 0.5".
std::string trial_name(const Trial& trial);

struct SearchResult {
  std::vector<Trial> trials;  ///< in the order of the options
  std::size_t best = 0;       ///< smallest mean loss, the first of equal ones
};

/// How good the models of the data are on rows that they were not fitted on.
struct Validation {
  unsigned folds = 0;              ///< 0: one holdout
  double rows = 0;                 ///< measured on, of all folds together
  model::NamedNumbers metrics;     ///< means over the folds
  model::NamedNumbers deviations;  ///< standard deviations (ddof 0) over the folds; empty for one
  Measures measures;               ///< of all measured rows together
  ScoredTargets scored;            ///< all measured rows
};

/// Tries every penalty of the options' search on folds of the rows in part 0 of `parts` (all rows
/// if empty); the fits run in parallel. None without a search. `progress`, here and below, is told
/// of each fold.
std::optional<SearchResult> search_penalty(const TrainingData& data, const std::vector<Fold>& parts,
                                           const Progress& progress = {});

/// Measures on the folds of the options, or on part 1 of `parts`; `threshold` is that of all rows.
/// None, with a reason in `why_not`, when a part cannot be learned from or lacks a class.
std::optional<Validation> validate(const TrainingData& data, const std::vector<Fold>& parts,
                                   const estimators::Penalty& penalty, double threshold,
                                   std::string& why_not, const Progress& progress = {});

/// Throws Error(invalid_data) when some class has no row with a weight, or all targets are equal.
void require_learnable(const TrainingData& data, const PartWeights& part);

/// The threshold of the options for a model of the rows in part 0 of `parts` (all rows if empty);
/// by a rule, on predictions for folds that the model was not fitted on. None when these cannot be
/// made.
std::optional<double> choose_threshold(const TrainingData& data, const std::vector<Fold>& parts,
                                       const estimators::Penalty& penalty);

}  // namespace mlserve::pipeline
