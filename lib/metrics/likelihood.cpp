#include "metrics/likelihood.hpp"

#include <cmath>
#include <numbers>
#include <vector>

#include "metrics/deviance.hpp"

namespace mlserve::metrics {
namespace {

double log_or_zero(double factor, double value) {
  return factor == 0 ? 0.0 : factor * std::log(value);
}

void add_criteria(Likelihood& fit, double parameters, double rows) {
  fit.aic = -2 * fit.log_likelihood + 2 * parameters;
  fit.bic = -2 * fit.log_likelihood + std::log(rows) * parameters;
}

double log_probability_of_label(const ClassScores& scores, std::size_t row) {
  const std::size_t label = scores.label(row);
  if (scores.classes == 2 && label == 0) return std::log1p(-scores.probabilities[row]);
  return std::log(scores.probability(row, label));
}

/// At the variance that makes it largest.
double gaussian_log_likelihood(double squares, double rows) {
  return -rows / 2 * (std::log(2 * std::numbers::pi * squares / rows) + 1);
}

template <class Mean>
double poisson_log_likelihood(const NumberScores& scores, Mean mean) {
  return weighted_sum(scores, [&](std::size_t row) {
    const double y = scores.targets[row];
    return log_or_zero(y, mean(row)) - mean(row) - std::lgamma(y + 1);
  });
}

}  // namespace

Likelihood class_likelihood(const ClassScores& scores, double parameters) {
  std::vector<double> counts(scores.classes);
  for (std::size_t row = 0; row < scores.size(); ++row) {
    counts[scores.label(row)] += scores.weight(row);
  }
  const double rows = total_weight(scores);
  Likelihood fit{};
  fit.log_likelihood =
      weighted_sum(scores, [&](std::size_t row) { return log_probability_of_label(scores, row); });
  for (const double count : counts) fit.null_log_likelihood += log_or_zero(count, count / rows);
  fit.deviance = -2 * fit.log_likelihood;
  fit.null_deviance = -2 * fit.null_log_likelihood;
  add_criteria(fit, parameters, rows);
  return fit;
}

Likelihood number_likelihood(const NumberScores& scores, Family family, double parameters) {
  const double rows = total_weight(scores);
  Likelihood fit{};
  fit.deviance = deviance(scores, family);
  fit.null_deviance = null_deviance(scores, family);
  if (family == Family::gaussian) {
    fit.log_likelihood = gaussian_log_likelihood(fit.deviance, rows);
    fit.null_log_likelihood = gaussian_log_likelihood(fit.null_deviance, rows);
  } else {
    const double mean = mean_target(scores);
    fit.log_likelihood =
        poisson_log_likelihood(scores, [&](std::size_t row) { return scores.predictions[row]; });
    fit.null_log_likelihood = poisson_log_likelihood(scores, [&](std::size_t) { return mean; });
  }
  add_criteria(fit, parameters, rows);
  return fit;
}

}  // namespace mlserve::metrics
