#pragma once

#include <cstddef>
#include <vector>

#include "metrics/curves.hpp"
#include "metrics/scores.hpp"
#include "pipeline/measure.hpp"

namespace mlserve::pipeline {

/// What a plot shows of how well one class is told from the others.
struct ClassCurves {
  std::size_t of_class = 0;                           ///< its index
  std::vector<metrics::CurvePoint> roc;               ///< as metrics::roc_curve
  std::vector<metrics::CurvePoint> precision_recall;  ///< as metrics::precision_recall_curve
  double roc_auc = 0;                                 ///< of all points
  double pr_auc = 0;
};

/// Of two classes the second's, of more the first eight's, for more cannot be told apart; each
/// curve of at most `most_points`. A class without rows that count has none.
std::vector<ClassCurves> class_curves(const metrics::ClassScores& scores, std::size_t most_points);

/// A prediction of a number and what it was to be.
struct PredictedNumber {
  double predicted;
  double actual;
};

/// Of evenly spaced rows, at most `most` (not zero) of them.
std::vector<PredictedNumber> sampled_predictions(const ScoredTargets& scored, std::size_t most);

}  // namespace mlserve::pipeline
