#include "metrics/regression.hpp"

#include <cmath>

#include "core/number.hpp"
#include "metrics/deviance.hpp"

namespace mlserve::metrics {
namespace {

bool has_two_rows(const NumberScores& scores) {
  std::size_t rows = 0;
  for (std::size_t row = 0; row < scores.size() && rows < 2; ++row) {
    if (scores.weight(row) != 0) ++rows;
  }
  return rows == 2;
}

double share_explained(double squares, double null_squares) {
  if (null_squares == 0) return squares == 0 ? 1.0 : 0.0;
  return 1 - squares / null_squares;
}

}  // namespace

RegressionMetrics evaluate_numbers(const NumberScores& scores, Family family) {
  const bool comparable = has_two_rows(scores);
  const double squares = deviance(scores, Family::gaussian);
  const double distances = weighted_sum(scores, [&](std::size_t row) {
    return std::abs(scores.targets[row] - scores.predictions[row]);
  });
  RegressionMetrics metrics;
  metrics.rows = total_weight(scores);
  metrics.r2 =
      comparable ? share_explained(squares, null_deviance(scores, Family::gaussian)) : kNaN;
  metrics.rmse = std::sqrt(squares / metrics.rows);
  metrics.mae = distances / metrics.rows;
  metrics.deviance = deviance(scores, family);
  if (family == Family::poisson) {
    metrics.d2 = comparable ? 1 - metrics.deviance / null_deviance(scores, family) : kNaN;
  }
  return metrics;
}

}  // namespace mlserve::metrics
