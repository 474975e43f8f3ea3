#pragma once

#include <vector>

#include <Eigen/Core>

#include "metrics/scores.hpp"

namespace mlserve::metrics {

/// Of one class against the others, as sklearn.metrics.precision_recall_fscore_support with
/// zero_division=0: a ratio of 0/0 is 0.
struct ClassMetrics {
  double precision = 0;
  double recall = 0;
  double f1 = 0;
  double support = 0;  ///< weight of the rows of the class
};

/// What a report of a classifier lists, in the words and with the values of sklearn.metrics; NaN
/// where a value is not defined.
struct ClassificationMetrics {
  double rows = 0;            ///< sum of weights
  Eigen::MatrixXd confusion;  ///< weight by class of the row (row) and predicted class (column)
  double accuracy = 0;
  double balanced_accuracy = 0;        ///< mean recall of the classes that have rows
  std::vector<ClassMetrics> by_class;  ///< in the order of the classes
  ClassMetrics macro;                  ///< mean over the classes that have rows or predictions
  /// Areas under the curves of class 1; more classes: mean over each class against the rest
  /// (multi_class="ovr"), NaN when one has no row.
  double roc_auc = 0;
  double pr_auc = 0;
  /// Mean negative log likelihood; probabilities are clipped to [2^-52, 1 - 2^-52] and divided by
  /// their sum.
  double log_loss = 0;
  /// Mean squared difference of the probability of class 1 and the label; more classes: mean over
  /// the rows of the sum of squares over the classes, from 0 to 2 (two classes: half that sum).
  double brier_score = 0;
  double mcc = 0;       ///< Matthews' correlation; 0 when rows or predictions are of one class
  double deviance = 0;  ///< 2 * rows * log_loss
};

/// ClassificationMetrics::log_loss alone, which needs no sorting.
double log_loss(const ClassScores& scores);

/// Measures of `scores`. Two classes: class 1 is predicted where its probability is above
/// `threshold` (a tie goes to class 0). More: the most probable class, the first of equal ones,
/// and `threshold` is not used.
ClassificationMetrics evaluate_classes(const ClassScores& scores, double threshold = 0.5);

}  // namespace mlserve::metrics
