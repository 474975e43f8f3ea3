#pragma once

#include <cstdint>
#include <limits>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/error.hpp"
#include "data/table.hpp"
#include "features/schema.hpp"

namespace mlserve::features {

/// A different value of a texts column, and what kinds of value it can be.
struct DistinctValue {
  std::uint32_t code;
  std::uint64_t count;
  std::string_view text;
  std::optional<double> number;
  std::optional<bool> boolean;
};

/// The values of a texts column in the rows with a target (not NaN), missing ones left out, in
/// order of code. They look into the column.
std::vector<DistinctValue> distinct_values(const data::Column& column,
                                           std::span<const double> targets);

std::uint64_t total_count(const std::vector<DistinctValue>& values);
bool all_numbers(const std::vector<DistinctValue>& values);
bool all_booleans(const std::vector<DistinctValue>& values);
/// Each as parse_date gives it, or nothing when one of them is no date.
std::optional<std::vector<double>> all_dates(const std::vector<DistinctValue>& values);

/// Range and histogram of numbers, gathered in two passes: `add` all, then `count` all.
class NumericSummary {
 public:
  void add(double value, std::uint64_t count);

  std::uint64_t values() const noexcept { return values_; }
  double minimum() const noexcept { return minimum_; }
  double maximum() const noexcept { return maximum_; }
  double mean() const noexcept { return sum_ / static_cast<double>(values_); }
  /// Whether no number is beyond kLargestNumber.
  bool usable() const noexcept;
  bool constant() const noexcept { return minimum_ == maximum_; }
  bool integers() const noexcept { return integers_; }

  /// Empty bins over the range.
  Histogram histogram() const;

 private:
  double minimum_ = std::numeric_limits<double>::infinity();
  double maximum_ = -std::numeric_limits<double>::infinity();
  double sum_ = 0;
  bool integers_ = true;
  std::uint64_t values_ = 0;
};

/// Puts `value`, which lies in the range, into its bin.
void count_value(Histogram& histogram, double value, std::uint64_t count);

/// `data.csv: column 'Age': ` and the message.
Error in_column(const data::Table& table, const std::string& column, const std::string& message);

/// The error for the first row in which `code` stands: `data.csv:17: column 'Age': "x" is not …`.
Error bad_value(const data::Table& table, const data::Column& column, const DistinctValue& value,
                const std::string& message);

}  // namespace mlserve::features
