#pragma once

#include <cmath>

namespace mlserve::features {

/// Largest magnitude of a number that is learned from or scored: products and squares of such
/// numbers stay finite, so a prediction is never the difference of two infinities.
inline constexpr double kLargestNumber = 1e150;

inline bool is_usable(double number) noexcept { return std::abs(number) <= kLargestNumber; }

}  // namespace mlserve::features
