#pragma once

#include "metrics/scores.hpp"

namespace mlserve::metrics {

/// How well a fit describes the rows it was fitted on.
struct Likelihood {
  double log_likelihood;
  double null_log_likelihood;  ///< of a fit of the intercept alone
  /// Twice the distance to a model that meets every row: -2 log likelihood of classes, the sum of
  /// squares of gaussian numbers, the Poisson deviance of counts.
  double deviance;
  double null_deviance;
  double aic;  ///< -2 log likelihood + 2 parameters
  double bic;  ///< -2 log likelihood + log(rows) parameters
};

/// Of two or more classes, as statsmodels' Logit and MNLogit; `parameters` is the number of free
/// ones, intercepts included (of several classes those of all but one class), or the effective
/// one. Probabilities are not clipped: a class that was said to be impossible gives -infinity.
Likelihood class_likelihood(const ClassScores& scores, double parameters);

/// Of numbers, as statsmodels' OLS (at the variance RSS/n, which is not counted as a parameter; R's
/// AIC counts it) and GLM(family=Poisson()) with its bic_llf.
Likelihood number_likelihood(const NumberScores& scores, Family family, double parameters);

}  // namespace mlserve::metrics
