#pragma once

#include <cassert>
#include <cstddef>
#include <span>

namespace mlserve::metrics {

/// Rows of a classifier, in any order; the vectors are only looked at during a call.
struct ClassScores {
  /// Index of the row's class, 0 to classes - 1.
  std::span<const double> labels;
  /// Two classes: of class 1, one a row. More: row-major, rows x classes.
  std::span<const double> probabilities;
  std::size_t classes = 2;
  /// Empty means 1 for each row. A weight of w counts as w equal rows, so grouped rows give the
  /// numbers of the single ones, and a row of weight 0 is not there, whatever it holds.
  std::span<const double> weights;

  std::size_t size() const noexcept { return labels.size(); }
  double weight(std::size_t row) const noexcept { return weights.empty() ? 1.0 : weights[row]; }
  std::size_t label(std::size_t row) const noexcept {
    return static_cast<std::size_t>(labels[row]);
  }
  double probability(std::size_t row, std::size_t of_class) const noexcept {
    if (classes != 2) return probabilities[row * classes + of_class];
    return of_class == 1 ? probabilities[row] : 1 - probabilities[row];
  }
};

/// Rows of a regression or of counts; weights as in ClassScores.
struct NumberScores {
  std::span<const double> targets;
  std::span<const double> predictions;
  std::span<const double> weights;

  std::size_t size() const noexcept { return targets.size(); }
  double weight(std::size_t row) const noexcept { return weights.empty() ? 1.0 : weights[row]; }
};

/// Distribution of a number about its prediction.
enum class Family { gaussian, poisson };

/// Sum over the rows of weight times `term(row)`; rows of weight 0 are passed over.
template <class Scores, class Term>
double weighted_sum(const Scores& scores, Term term) {
  assert(scores.weights.empty() || scores.weights.size() == scores.size());
  double sum = 0;
  for (std::size_t row = 0; row < scores.size(); ++row) {
    const double weight = scores.weight(row);
    if (weight != 0) sum += weight * term(row);
  }
  return sum;
}

/// Number of rows that the weights stand for.
template <class Scores>
double total_weight(const Scores& scores) {
  return weighted_sum(scores, [](std::size_t) { return 1.0; });
}

}  // namespace mlserve::metrics
