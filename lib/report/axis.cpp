#include "report/axis.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>

#include "report/numbers.hpp"

namespace mlserve::report {
namespace {

/// The least of 1, 2, 5 times a power of ten that makes at most five steps of `range`.
double round_step(double range) {
  constexpr double kMostSteps = 5;
  const double power = std::pow(10.0, std::floor(std::log10(range / kMostSteps)));
  for (const double factor : {1.0, 2.0, 5.0}) {
    if (range <= kMostSteps * factor * power * (1 + 1e-9)) return factor * power;
  }
  return 10 * power;
}

}  // namespace

Axis Axis::of(std::string label, std::span<const double> values) {
  double low = std::numeric_limits<double>::infinity();
  double high = -low;
  for (const double value : values) {
    if (!std::isfinite(value)) continue;
    low = std::min(low, value);
    high = std::max(high, value);
  }
  if (low > high) return unit(std::move(label));
  // All values equal, or as good as: some room around them.
  const double size = std::max(std::abs(low), std::abs(high));
  if (high - low <= 1e-9 * size || size == 0) {
    const double room = size == 0 ? 1 : size / 2;
    low -= room;
    high += room;
  }
  return {std::move(label), low, high};
}

Axis Axis::unit(std::string label) { return {std::move(label), 0, 1}; }

Axis::Axis(std::string label, double low, double high) : label_(std::move(label)) {
  step_ = round_step(high - low);
  // A hair's breadth beyond a tick is rounding, not a reason for one more step.
  const double first = std::floor(low / step_ + 1e-6);
  const double last = std::ceil(high / step_ - 1e-6);
  for (double i = first; i <= last; ++i) ticks_.push_back(i * step_);
  low_ = ticks_.front();
  high_ = ticks_.back();
}

std::string Axis::tick_text(double tick) const {
  constexpr double kLargestPlain = 1e6;
  constexpr double kSmallestPlain = 1e-4;
  if (tick == 0) return "0";
  const double size = std::max(std::abs(low_), std::abs(high_));
  if (size >= kLargestPlain || step_ < kSmallestPlain) return number_text(tick, 3);
  const int decimals = static_cast<int>(std::ceil(-std::log10(step_) - 1e-9));
  return fixed_text(tick, std::max(decimals, 0));
}

}  // namespace mlserve::report
