#include "features/value_bins.hpp"

#include <algorithm>
#include <cmath>

namespace mlserve::features {
namespace {

// Those of codes and words are the codes.
constexpr std::size_t kMissingBin = kMissing;
constexpr std::size_t kUnknownBin = kUnknown;
constexpr std::size_t kBelowBin = 1;
constexpr std::size_t kAboveBin = 2;
constexpr std::size_t kFirstNumberBin = 3;

std::size_t bins_of(const Feature& feature) {
  if (feature.is_number()) {
    return kFirstNumberBin + std::max<std::size_t>(feature.histogram.counts.size(), 1);
  }
  return kFirstCategory + (feature.is_text() ? 1 : feature.categories.size());
}

std::vector<double> as_doubles(std::span<const std::uint64_t> counts) {
  return {counts.begin(), counts.end()};
}

/// Missing, then the histogram's bins; or missing, unknown, then the categories.
std::vector<double> training_of(const Feature& feature, std::uint64_t rows) {
  const auto missing = static_cast<double>(feature.missing);
  if (feature.is_text()) return {missing, 0, static_cast<double>(rows) - missing};
  std::vector<double> training =
      as_doubles(feature.is_number() ? feature.histogram.counts : feature.counts);
  if (feature.is_categorical()) training.insert(training.begin(), 0);
  if (training.empty()) training.push_back(0);  // a number that training never saw
  training.insert(training.begin(), missing);
  return training;
}

}  // namespace

ValueBins::ValueBins(const Feature& feature, std::uint64_t training_rows)
    : feature_(feature), size_(bins_of(feature)), training_(training_of(feature, training_rows)) {}

std::size_t ValueBins::number_bin(double value) const noexcept {
  if (std::isnan(value)) return kMissingBin;
  if (value < feature_.minimum) return kBelowBin;
  if (value > feature_.maximum) return kAboveBin;
  return kFirstNumberBin + feature_.histogram.bin(value);
}

void ValueBins::add(const EncodedRows::ColumnValues& column,
                    std::span<std::uint64_t> counts) const {
  if (column.form == EncodedRows::Form::numbers) {
    for (const double value : column.numbers) ++counts[number_bin(value)];
  } else {
    for (const std::uint32_t code : column.codes) ++counts[code];
  }
}

ValueWarnings ValueBins::warnings(std::span<const std::uint64_t> counts) const {
  ValueWarnings warnings;
  warnings.missing = counts[kMissingBin];
  if (feature_.is_number()) {
    warnings.out_of_range = counts[kBelowBin] + counts[kAboveBin];
  } else {
    warnings.unknown = counts[kUnknownBin];
  }
  return warnings;
}

std::vector<double> ValueBins::population(std::span<const std::uint64_t> counts) const {
  std::vector<double> population = as_doubles(counts);
  if (feature_.is_number()) {
    population[kFirstNumberBin] += population[kBelowBin];
    population.back() += population[kAboveBin];
    population.erase(population.begin() + kBelowBin, population.begin() + kFirstNumberBin);
  }
  return population;
}

}  // namespace mlserve::features
