#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "metrics/scores.hpp"

namespace mlserve::metrics {

/// What is found by taking every row for a class whose probability is `score` or more.
struct CutPoint {
  double score;
  double true_positives;   ///< weight of the rows of the class among them
  double false_positives;  ///< weight of the other ones
};

/// One point for each different probability of `of_class`, from the highest down; the last one has
/// all rows. Empty when a probability is NaN or no row has weight. O(n log n).
std::vector<CutPoint> cut_points(const ClassScores& scores, std::size_t of_class = 1);

/// Area under the ROC curve with ties counted half, as sklearn.metrics.roc_auc_score. NaN when the
/// class or its rest has no weight, and without points.
double roc_auc(std::span<const CutPoint> points);

/// Mean precision over the steps of recall, as sklearn.metrics.average_precision_score. NaN when
/// the class has no weight (where scikit-learn warns and gives 0), and without points.
double pr_auc(std::span<const CutPoint> points);

}  // namespace mlserve::metrics
