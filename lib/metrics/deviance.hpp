#pragma once

#include "metrics/scores.hpp"

namespace mlserve::metrics {

/// Sum over the rows of weight times the unit deviance: gaussian (y - m)^2; poisson
/// 2 (y log(y/m) - y + m), where y log(y/m) is 0 at y = 0, a prediction of 0 is infinitely bad
/// unless y = 0, and negative values have none (NaN).
double deviance(const NumberScores& scores, Family family);

/// Deviance of predicting the weighted mean of the targets in every row.
double null_deviance(const NumberScores& scores, Family family);

/// Weighted mean of the targets; NaN without any weight.
double mean_target(const NumberScores& scores);

}  // namespace mlserve::metrics
