#include "pipeline/separation.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include "core/number.hpp"
#include "core/text.hpp"

namespace mlserve::pipeline {
namespace {

using features::EncodedRows;

/// Fewer rows of one class are chance.
constexpr std::uint64_t kManyRows = 10;

/// Categories with rows of one class only, by name.
std::vector<std::string> pure_categories(const TrainingData& data, const features::Feature& feature,
                                         const EncodedRows::ColumnValues& column) {
  constexpr double kSeveral = -1;
  std::vector<double> class_of(feature.categories.size(), kNaN);
  for (std::size_t i = 0; i < data.targets.size(); ++i) {
    if (column.codes[i] < features::kFirstCategory) continue;
    double& seen = class_of[column.codes[i] - features::kFirstCategory];
    seen = std::isnan(seen) || seen == data.targets[i] ? data.targets[i] : kSeveral;
  }
  std::vector<std::string> names;
  for (std::size_t k = 0; k < class_of.size(); ++k) {
    if (class_of[k] != kSeveral && feature.counts[k] >= kManyRows)
      names.push_back(feature.categories[k]);
  }
  return names;
}

/// Whether some class has numbers that no other class reaches.
bool ranges_are_apart(const TrainingData& data, std::size_t classes,
                      const std::vector<double>& numbers) {
  struct Range {
    double minimum = std::numeric_limits<double>::infinity();
    double maximum = -std::numeric_limits<double>::infinity();
  };
  std::vector<Range> ranges(classes);
  for (std::size_t i = 0; i < numbers.size(); ++i) {
    if (std::isnan(numbers[i])) continue;
    Range& range = ranges[static_cast<std::size_t>(data.targets[i])];
    range.minimum = std::min(range.minimum, numbers[i]);
    range.maximum = std::max(range.maximum, numbers[i]);
  }
  std::sort(ranges.begin(), ranges.end(),
            [](const Range& a, const Range& b) { return a.minimum < b.minimum; });
  // In order of their minima, a class is apart when all before it end below it and it ends below
  // the next one.
  double reached = -std::numeric_limits<double>::infinity();
  for (std::size_t k = 0; k < ranges.size() && std::isfinite(ranges[k].minimum); ++k) {
    const double next = k + 1 < ranges.size() ? ranges[k + 1].minimum : ranges[k].minimum;
    const bool is_last = k + 1 == ranges.size() || !std::isfinite(next);
    const bool alone = k == 0 && is_last;
    if (!alone && reached < ranges[k].minimum && (is_last || ranges[k].maximum < next)) return true;
    reached = std::max(reached, ranges[k].maximum);
  }
  return false;
}

}  // namespace

std::vector<std::string> separation_warnings(const TrainingData& data) {
  std::vector<std::string> warnings;
  const features::Target& target = data.schema().target;
  if (target.task != features::Task::classification) return warnings;
  for (std::size_t f = 0; f < data.schema().features.size(); ++f) {
    const features::Feature& feature = data.schema().features[f];
    const EncodedRows::ColumnValues& column = data.rows.columns()[f];
    if (feature.is_number() && ranges_are_apart(data, target.classes.size(), column.numbers)) {
      warnings.push_back("column '" + shown(feature.name) +
                         "' alone separates a class: the ranges of its numbers do not overlap");
    }
    if (!feature.is_categorical()) continue;
    const std::vector<std::string> pure = pure_categories(data, feature, column);
    if (pure.empty()) continue;
    warnings.push_back("column '" + shown(feature.name) + "' separates: all rows with " +
                       shown(join(pure), 120) + " are of one class");
  }
  return warnings;
}

}  // namespace mlserve::pipeline
