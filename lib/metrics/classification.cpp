#include "metrics/classification.hpp"

#include <algorithm>
#include <cassert>
#include <cmath>
#include <limits>
#include <vector>

namespace mlserve::metrics {
namespace {

double weight(const BinaryScores& scores, std::size_t row) {
  return scores.weights.empty() ? 1.0 : scores.weights[row];
}

double ratio_or_zero(double part, double whole) { return whole == 0 ? 0.0 : part / whole; }

/// Weighted mean of `term(row)`; NaN without any weight.
template <class Term>
double mean(const BinaryScores& scores, Term term) {
  assert(scores.labels.size() == scores.probabilities.size());
  double sum = 0;
  double total = 0;
  for (std::size_t row = 0; row < scores.labels.size(); ++row) {
    sum += weight(scores, row) * term(row);
    total += weight(scores, row);
  }
  return sum / total;
}

/// A row as the ROC curve sees it.
struct RankedRow {
  double probability;
  double positive;  ///< its weight if its label is 1, else 0
  double negative;
};

std::vector<RankedRow> rank(const BinaryScores& scores) {
  std::vector<RankedRow> rows;
  rows.reserve(scores.labels.size());
  for (std::size_t row = 0; row < scores.labels.size(); ++row) {
    const double w = weight(scores, row);
    const bool positive = scores.labels[row] != 0;
    rows.push_back({scores.probabilities[row], positive ? w : 0.0, positive ? 0.0 : w});
  }
  std::sort(rows.begin(), rows.end(),
            [](const RankedRow& a, const RankedRow& b) { return a.probability < b.probability; });
  return rows;
}

}  // namespace

double Confusion::total() const noexcept {
  return true_negative + false_positive + false_negative + true_positive;
}

double Confusion::accuracy() const noexcept { return (true_negative + true_positive) / total(); }

double Confusion::precision() const noexcept {
  return ratio_or_zero(true_positive, true_positive + false_positive);
}

double Confusion::recall() const noexcept {
  return ratio_or_zero(true_positive, true_positive + false_negative);
}

double Confusion::f1() const noexcept {
  return ratio_or_zero(2 * true_positive, 2 * true_positive + false_positive + false_negative);
}

Confusion confusion(const BinaryScores& scores, double threshold) {
  Confusion counts;
  for (std::size_t row = 0; row < scores.labels.size(); ++row) {
    const bool predicted = scores.probabilities[row] > threshold;
    double& count = scores.labels[row] != 0
                        ? (predicted ? counts.true_positive : counts.false_negative)
                        : (predicted ? counts.false_positive : counts.true_negative);
    count += weight(scores, row);
  }
  return counts;
}

// The area is the share of pairs of a positive and a negative row in which the positive one has the
// higher probability; a pair with equal ones counts half. Going up through the probabilities, each
// group of equal ones is paired with the negative rows below it and with its own.
double roc_auc(const BinaryScores& scores) {
  const auto is_nan = [](double probability) { return std::isnan(probability); };
  if (std::any_of(scores.probabilities.begin(), scores.probabilities.end(), is_nan)) {
    return std::numeric_limits<double>::quiet_NaN();
  }
  double ordered_pairs = 0;
  double positives = 0;
  double negatives = 0;
  const std::vector<RankedRow> rows = rank(scores);
  for (auto row = rows.begin(); row != rows.end();) {
    const double probability = row->probability;
    double group_positives = 0;
    double group_negatives = 0;
    for (; row != rows.end() && row->probability == probability; ++row) {
      group_positives += row->positive;
      group_negatives += row->negative;
    }
    ordered_pairs += group_positives * (negatives + group_negatives / 2);
    positives += group_positives;
    negatives += group_negatives;
  }
  return ordered_pairs / (positives * negatives);
}

double log_loss(const BinaryScores& scores) {
  constexpr double kLeast = std::numeric_limits<double>::epsilon();
  return mean(scores, [&](std::size_t row) {
    const double p = std::clamp(scores.probabilities[row], kLeast, 1 - kLeast);
    return -std::log(scores.labels[row] != 0 ? p : 1 - p);
  });
}

double brier_score(const BinaryScores& scores) {
  return mean(scores, [&](std::size_t row) {
    const double difference = scores.probabilities[row] - (scores.labels[row] != 0 ? 1.0 : 0.0);
    return difference * difference;
  });
}

BinaryMetrics evaluate(const BinaryScores& scores, double threshold) {
  const Confusion counts = confusion(scores, threshold);
  return {counts.total(), counts, roc_auc(scores), log_loss(scores), brier_score(scores)};
}

}  // namespace mlserve::metrics
