#pragma once

#include "metrics/scores.hpp"

namespace mlserve::metrics {

enum class ThresholdRule {
  f1,     ///< largest F1 of class 1
  youden  ///< largest J = true positive rate - false positive rate
};

/// The threshold in [0, 1] for which "class 1 where its probability is greater" is best on these
/// rows of two classes: halfway between the neighbouring probabilities (0 and 1 are the outer
/// neighbours). Of equally good ones the lowest, which finds more of class 1.
/// Throws Error(invalid_argument) for more classes, Error(invalid_data) when a class has no row or
/// a probability is NaN.
double best_threshold(const ClassScores& scores, ThresholdRule rule);

}  // namespace mlserve::metrics
