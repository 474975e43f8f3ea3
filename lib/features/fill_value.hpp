#pragma once

#include <span>

#include "features/encoder.hpp"

namespace mlserve::features {

/// What `policy` puts in the place of a missing number, learned from `values` (NaN: missing), value
/// i counted `counts[i]` times; `otherwise` when there is none. The median is that of
/// numpy.median, the most frequent value the smallest of equally frequent ones, as in
/// sklearn.impute.SimpleImputer.
double fill_value(MissingPolicy policy, std::span<const double> values,
                  std::span<const double> counts, double otherwise);

}  // namespace mlserve::features
