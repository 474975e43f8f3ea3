#include "features/column_values.hpp"

#include <algorithm>
#include <cmath>

#include "core/number.hpp"
#include "core/text.hpp"
#include "data/missing.hpp"
#include "features/boolean_text.hpp"
#include "features/calendar.hpp"
#include "features/number_limit.hpp"

namespace mlserve::features {
namespace {

constexpr std::size_t kHistogramBins = 10;

}  // namespace

std::vector<DistinctValue> distinct_values(const data::Column& column,
                                           std::span<const double> targets) {
  std::vector<std::uint64_t> counts(column.dictionary.size());
  for (std::size_t row = 0; row < targets.size(); ++row) {
    counts[column.codes[row]] += !std::isnan(targets[row]);
  }
  std::vector<DistinctValue> values;
  for (std::uint32_t code = 0; code < counts.size(); ++code) {
    const std::string_view text = column.dictionary.text(code);
    if (counts[code] == 0 || data::is_missing_marker(text)) continue;
    values.push_back({code, counts[code], text, parse_double(text), parse_boolean(text)});
  }
  return values;
}

std::uint64_t total_count(const std::vector<DistinctValue>& values) {
  std::uint64_t sum = 0;
  for (const DistinctValue& value : values) sum += value.count;
  return sum;
}

bool all_numbers(const std::vector<DistinctValue>& values) {
  return std::all_of(values.begin(), values.end(),
                     [](const DistinctValue& v) { return v.number.has_value(); });
}

bool all_booleans(const std::vector<DistinctValue>& values) {
  return std::all_of(values.begin(), values.end(),
                     [](const DistinctValue& v) { return v.boolean.has_value(); });
}

std::optional<std::vector<double>> all_dates(const std::vector<DistinctValue>& values) {
  std::vector<double> dates;
  for (const DistinctValue& value : values) {
    const auto date = parse_date(value.text);
    if (!date) return std::nullopt;
    dates.push_back(*date);
  }
  return dates;
}

void NumericSummary::add(double value, std::uint64_t count) {
  minimum_ = std::min(minimum_, value);
  maximum_ = std::max(maximum_, value);
  integers_ = integers_ && value == std::trunc(value);
  sum_ += value * static_cast<double>(count);
  values_ += count;
}

bool NumericSummary::usable() const noexcept { return is_usable(minimum_) && is_usable(maximum_); }

Histogram NumericSummary::histogram() const {
  const std::size_t bins = constant() ? 1 : kHistogramBins;
  Histogram histogram;
  histogram.counts.assign(bins, 0);
  for (std::size_t i = 0; i <= bins; ++i) {
    // std::lerp neither overflows nor goes back, and ends where it should.
    const double share = static_cast<double>(i) / static_cast<double>(bins);
    histogram.edges.push_back(std::lerp(minimum_, maximum_, share));
  }
  return histogram;
}

void count_value(Histogram& histogram, double value, std::uint64_t count) {
  histogram.counts[histogram.bin(value)] += count;
}

Error in_column(const data::Table& table, const std::string& column, const std::string& message) {
  return Error(ErrorKind::invalid_data,
               table.source + ": column '" + shown(column) + "': " + message);
}

Error bad_value(const data::Table& table, const data::Column& column, const DistinctValue& value,
                const std::string& message) {
  const auto row =
      std::find(column.codes.begin(), column.codes.end(), value.code) - column.codes.begin();
  return Error(ErrorKind::invalid_data, table.place_of(static_cast<std::uint64_t>(row)) +
                                            ": column '" + shown(column.name) + "': \"" +
                                            shown(value.text) + "\" " + message);
}

}  // namespace mlserve::features
