#include "metrics/distributions.hpp"

#include <cmath>
#include <numbers>
#include <numeric>
#include <unsupported/Eigen/SpecialFunctions>

#include "core/number.hpp"

namespace mlserve::metrics {

double two_sided_normal_p(double z) { return std::erfc(std::abs(z) / std::numbers::sqrt2); }

// The incomplete beta function at n / (n + t^2); far from 0 its argument would round, so there it
// is the complement at t^2 / (n + t^2).
double two_sided_t_p(double t, double degrees_of_freedom) {
  const double n = degrees_of_freedom;
  if (!(n > 0) || std::isnan(t)) return kNaN;
  if (std::isinf(t)) return 0;
  const double square = t * t;
  if (square < 1) return 1 - Eigen::numext::betainc(0.5, n / 2, square / (n + square));
  return Eigen::numext::betainc(n / 2, 0.5, n / (n + square));
}

// Bisection: the normal quantile is below, and the tail falls with t.
double t_quantile_975(double degrees_of_freedom) {
  if (!(degrees_of_freedom > 0)) return kNaN;
  const auto too_small = [&](double t) { return two_sided_t_p(t, degrees_of_freedom) > 0.05; };
  double low = kNormalQuantile975;
  double high = 2 * low;
  while (too_small(high)) {
    low = high;
    high *= 2;
  }
  for (double middle = std::midpoint(low, high); low < middle && middle < high;
       middle = std::midpoint(low, high)) {
    (too_small(middle) ? low : high) = middle;
  }
  return high;
}

}  // namespace mlserve::metrics
