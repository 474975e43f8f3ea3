#pragma once

#include <span>
#include <string>
#include <vector>

namespace mlserve::report {

/// One axis of a plot: a range that begins and ends at a tick, and round numbers as ticks.
class Axis {
 public:
  /// The axis of `label` that holds all finite ones of `values`; 0 to 1 if there are none.
  static Axis of(std::string label, std::span<const double> values);

  /// From 0 to 1, for rates and probabilities.
  static Axis unit(std::string label);

  /// Where `value` stands: 0 at the begin of the axis, 1 at its end.
  double place(double value) const noexcept { return (value - low_) / (high_ - low_); }

  double low() const noexcept { return low_; }
  double high() const noexcept { return high_; }
  const std::string& label() const noexcept { return label_; }
  const std::vector<double>& ticks() const noexcept { return ticks_; }
  std::string tick_text(double tick) const;

 private:
  Axis(std::string label, double low, double high);

  std::string label_;
  double low_ = 0;
  double high_ = 1;
  double step_ = 1;
  std::vector<double> ticks_;
};

}  // namespace mlserve::report
