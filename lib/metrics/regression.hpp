#pragma once

#include <optional>

#include "metrics/scores.hpp"

namespace mlserve::metrics {

/// What a report of a regression or of counts lists; NaN where a value is not defined.
struct RegressionMetrics {
  double rows = 0;  ///< sum of weights
  /// As sklearn.metrics.r2_score: for targets that are all equal 1 when all are met and else 0; NaN
  /// for fewer than two rows.
  double r2 = 0;
  double rmse = 0;
  double mae = 0;
  double deviance = 0;  ///< metrics::deviance of the family
  /// Counts only: share of the null deviance that is explained, as
  /// sklearn.metrics.d2_tweedie_score(power=1); NaN for fewer than two rows.
  std::optional<double> d2;
};

RegressionMetrics evaluate_numbers(const NumberScores& scores, Family family);

}  // namespace mlserve::metrics
