#pragma once

#include <cstddef>
#include <span>

namespace mlserve::metrics {

/// Labels (0 or 1), probabilities of class 1 and row weights: three vectors of one length, in any
/// order. An empty `weights` means 1 for each row; a weight of w counts as w equal rows, so grouped
/// rows give the numbers of the single ones.
struct BinaryScores {
  std::span<const unsigned char> labels;
  std::span<const double> probabilities;
  std::span<const double> weights;
};

/// Sums of weight by label and prediction; class 1 is predicted above `threshold` (a tie goes to
/// class 0, as in sklearn.linear_model.LogisticRegression.predict).
struct Confusion {
  double true_negative = 0;
  double false_positive = 0;
  double false_negative = 0;
  double true_positive = 0;

  double total() const noexcept;
  double accuracy() const noexcept;
  /// Of class 1, as sklearn.metrics.precision_score and its kin; 0 where the ratio is 0/0.
  double precision() const noexcept;
  double recall() const noexcept;
  double f1() const noexcept;
};

Confusion confusion(const BinaryScores& scores, double threshold = 0.5);

/// Area under the ROC curve by rank sums with ties counted half (Mann-Whitney), as
/// sklearn.metrics.roc_auc_score. NaN when one class has no weight or a probability is NaN.
double roc_auc(const BinaryScores& scores);

/// Mean negative log likelihood, as sklearn.metrics.log_loss; probabilities are clipped to
/// [eps, 1 - eps] with eps = 2^-52.
double log_loss(const BinaryScores& scores);

/// Mean squared difference of probability and label, as sklearn.metrics.brier_score_loss.
double brier_score(const BinaryScores& scores);

/// What a report of a binary classifier lists; NaN where a value is not defined.
struct BinaryMetrics {
  double rows = 0;  ///< sum of weights
  Confusion confusion;
  double roc_auc = 0;
  double log_loss = 0;
  double brier_score = 0;
};

BinaryMetrics evaluate(const BinaryScores& scores, double threshold = 0.5);

}  // namespace mlserve::metrics
