#include "metrics/stability.hpp"

#include <algorithm>
#include <cassert>
#include <cmath>
#include <cstddef>
#include <numeric>

#include "core/number.hpp"

namespace mlserve::metrics {
namespace {

double total(std::span<const double> counts) {
  return std::accumulate(counts.begin(), counts.end(), 0.0);
}

}  // namespace

// Sum over the bins of (a - e) ln(a / e), a and e their shares: the divergence of Kullback and
// Leibler from one to the other and back. What it is by chance: B. Yurdakul, "Statistical
// Properties of Population Stability Index", 2018.
double population_stability_index(std::span<const double> expected,
                                  std::span<const double> actual) {
  assert(expected.size() == actual.size());
  const double expected_rows = total(expected);
  const double actual_rows = total(actual);
  if (!(expected_rows > 0 && actual_rows > 0)) return kNaN;
  double index = 0;
  for (std::size_t i = 0; i < expected.size(); ++i) {
    const double e = std::max(expected[i] / expected_rows, kLeastShare);
    const double a = std::max(actual[i] / actual_rows, kLeastShare);
    index += (a - e) * std::log(a / e);
  }
  return index;
}

}  // namespace mlserve::metrics
