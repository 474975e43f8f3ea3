#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "features/encoded_rows.hpp"
#include "features/parsed_rows.hpp"
#include "features/schema.hpp"

namespace mlserve::features {

/// Counts the values of one feature in bins, to compare what comes in with what training saw.
/// Immutable.
///
/// A categorical feature has a bin for a missing value, one for an unknown category and one for
/// each category; a text one each for missing, for no known word and for known ones; a number one
/// for missing, those below and above the range of training, and the bins of its histogram.
class ValueBins {
 public:
  /// Keeps a reference to `feature`. `training_rows` is how many rows its statistics are of.
  ValueBins(const Feature& feature, std::uint64_t training_rows);

  std::size_t size() const noexcept { return size_; }

  /// Adds the values of `column` to `counts`, which has one for each bin.
  void add(const EncodedRows::ColumnValues& column, std::span<std::uint64_t> counts) const;

  ValueWarnings warnings(std::span<const std::uint64_t> counts) const;

  /// What training saw, to be compared with `population`.
  const std::vector<double>& training() const noexcept { return training_; }

  /// What `counts` tells, by the same bins: numbers outside of the range of training are in the
  /// first and the last bin of the histogram.
  std::vector<double> population(std::span<const std::uint64_t> counts) const;

 private:
  std::size_t number_bin(double value) const noexcept;

  const Feature& feature_;
  std::size_t size_;
  std::vector<double> training_;
};

}  // namespace mlserve::features
