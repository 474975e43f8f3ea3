#include "metrics/deviance.hpp"

#include <cassert>
#include <cmath>

#include "core/number.hpp"

namespace mlserve::metrics {
namespace {

double unit_deviance(double y, double mean, Family family) {
  if (family == Family::gaussian) return (y - mean) * (y - mean);
  if (y < 0 || mean < 0) return kNaN;
  return 2 * ((y == 0 ? 0.0 : y * std::log(y / mean)) - y + mean);
}

}  // namespace

double deviance(const NumberScores& scores, Family family) {
  assert(scores.predictions.size() == scores.size());
  return weighted_sum(scores, [&](std::size_t row) {
    return unit_deviance(scores.targets[row], scores.predictions[row], family);
  });
}

double null_deviance(const NumberScores& scores, Family family) {
  const double mean = mean_target(scores);
  return weighted_sum(
      scores, [&](std::size_t row) { return unit_deviance(scores.targets[row], mean, family); });
}

double mean_target(const NumberScores& scores) {
  return weighted_sum(scores, [&](std::size_t row) { return scores.targets[row]; }) /
         total_weight(scores);
}

}  // namespace mlserve::metrics
