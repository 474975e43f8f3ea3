#pragma once

#include <span>
#include <vector>

#include "features/encoder.hpp"

namespace mlserve::features {

/// What becomes of each category of a feature that occurs `counts[k]` times among `rows` rows: rare
/// ones share a column by the rules of sklearn.preprocessing.OneHotEncoder (min_frequency,
/// max_categories), ones that do not occur have none, and with drop_first neither has the first of
/// those left (the shared column is the last).
std::vector<CategoryUse> category_use(std::span<const double> counts, double rows,
                                      const EncoderOptions& options);

}  // namespace mlserve::features
