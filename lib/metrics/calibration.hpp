#pragma once

#include <cstddef>
#include <vector>

#include "metrics/scores.hpp"

namespace mlserve::metrics {

/// Rows whose probability lies in (lower, upper]; the first bin has its lower end too.
struct CalibrationBin {
  double lower;
  double upper;
  double rows;            ///< sum of weights, more than 0
  double mean_predicted;  ///< mean probability
  double observed_share;  ///< share of rows that are of the class
};

enum class BinRule {
  equal_width,  ///< of [0, 1]
  equal_count   ///< between quantiles of the probabilities (linear between two rows)
};

/// Predicted and observed shares of `of_class` in `bins` bins, those without rows left out, as
/// sklearn.calibration.calibration_curve with strategy "uniform" or "quantile". Empty when a
/// probability is NaN or no row has weight.
std::vector<CalibrationBin> calibration_table(const ClassScores& scores, std::size_t of_class = 1,
                                              BinRule rule = BinRule::equal_width,
                                              std::size_t bins = 10);

}  // namespace mlserve::metrics
