#pragma once

#include <string>

namespace mlserve::report {

/// Numbers as people read them: thousands apart ("1,309"), a real minus sign, "NA" for NaN.

/// `digits` significant digits; integers below a million in full: "0.7900", "−12.35", "1,309",
/// "2.5e9".
std::string number_text(double value, int digits = 4);

/// Exactly `decimals` digits after the point: the labels of an axis.
std::string fixed_text(double value, int decimals);

/// A number of rows; sums of weights are rounded to one digit after the point.
std::string count_text(double count);

/// 0.257 is "26 %", 0.004 "0.4 %".
std::string percent_text(double share);

/// A p-value: "0.042", "< 0.001".
std::string p_text(double p);

/// A coordinate in an SVG, to a hundredth: "12.5".
std::string coordinate(double value);

}  // namespace mlserve::report
