#include "features/fill_value.hpp"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <numeric>
#include <vector>

namespace mlserve::features {
namespace {

struct Counted {
  double value;
  double count;
};

/// The values that are there, equal ones together, in ascending order.
std::vector<Counted> distinct_in_order(std::span<const double> values,
                                       std::span<const double> counts) {
  std::vector<Counted> present;
  for (std::size_t i = 0; i < values.size(); ++i) {
    if (!std::isnan(values[i]) && counts[i] > 0) present.push_back({values[i], counts[i]});
  }
  std::sort(present.begin(), present.end(),
            [](const Counted& a, const Counted& b) { return a.value < b.value; });
  std::vector<Counted> distinct;
  for (const Counted& counted : present) {
    if (distinct.empty() || distinct.back().value != counted.value) {
      distinct.push_back(counted);
    } else {
      distinct.back().count += counted.count;
    }
  }
  return distinct;
}

double mean(std::span<const double> values, std::span<const double> counts, double otherwise) {
  double sum = 0;
  double weight = 0;
  for (std::size_t i = 0; i < values.size(); ++i) {
    if (std::isnan(values[i])) continue;
    sum += counts[i] * values[i];
    weight += counts[i];
  }
  return weight > 0 ? sum / weight : otherwise;
}

double median(const std::vector<Counted>& values) {
  double total = 0;
  for (const Counted& counted : values) total += counted.count;
  double below = 0;
  for (std::size_t i = 0; i < values.size(); ++i) {
    below += values[i].count;
    if (below > total / 2) return values[i].value;
    // Exactly half lie here and below: the middle of the two neighbours.
    if (below == total / 2) return std::midpoint(values[i].value, values[i + 1].value);
  }
  return values.back().value;
}

}  // namespace

double fill_value(MissingPolicy policy, std::span<const double> values,
                  std::span<const double> counts, double otherwise) {
  if (policy == MissingPolicy::zero) return 0;
  if (policy == MissingPolicy::mean) return mean(values, counts, otherwise);
  const std::vector<Counted> distinct = distinct_in_order(values, counts);
  if (distinct.empty()) return otherwise;
  if (policy == MissingPolicy::median) return median(distinct);
  return std::max_element(distinct.begin(), distinct.end(),
                          [](const Counted& a, const Counted& b) { return a.count < b.count; })
      ->value;
}

}  // namespace mlserve::features
