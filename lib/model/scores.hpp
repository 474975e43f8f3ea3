#pragma once

#include <cstddef>
#include <span>
#include <vector>

namespace mlserve::model {

/// What a model gives for some rows, row by row: of two classes the probability of the second, of
/// more the probability of each, in a regression or of a count the expected number.
struct Scores {
  std::size_t width = 1;  ///< numbers a row
  std::vector<double> values;

  std::size_t rows() const noexcept { return values.size() / width; }
  std::span<const double> row(std::size_t i) const {
    return std::span(values).subspan(i * width, width);
  }
};

/// Probability of class k from a row of scores of a classifier.
inline double probability(std::span<const double> row, std::size_t k) noexcept {
  if (row.size() > 1) return row[k];
  return k == 1 ? row[0] : 1 - row[0];
}

}  // namespace mlserve::model
