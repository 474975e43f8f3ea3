#pragma once

#include <span>

namespace mlserve::metrics {

/// Share that an empty bin counts as. Without one the index of a bin that is empty on one side
/// alone would be infinite; Evidently, an open monitor of drift, takes the same number.
inline constexpr double kLeastShare = 1e-4;

/// Population stability index of what is seen against what was expected, from counts by bin: how
/// far the shares of the bins have moved. 0 for equal shares; people read less than 0.1 as no
/// change and more than 0.25 as a large one. It is symmetric, and scale does not matter.
///
/// Rows drawn from the same population give (bins - 1) * (1 / expected rows + 1 / actual rows) on
/// average, so a number for few rows tells nothing. NaN when one side has no rows.
double population_stability_index(std::span<const double> expected, std::span<const double> actual);

}  // namespace mlserve::metrics
