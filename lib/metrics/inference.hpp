#pragma once

#include <optional>
#include <vector>

#include <Eigen/Core>

namespace mlserve::metrics {

/// A linear model as its solver saw it, on centred and scaled columns, and the curvature there. One
/// output, or one a class (three or more classes in symmetric form).
struct FittedParameters {
  Eigen::VectorXd intercepts;    ///< one an output
  Eigen::MatrixXd coefficients;  ///< outputs x columns
  Eigen::VectorXd centres;       ///< by column: the solver saw (x - centre) / scale
  Eigen::VectorXd scales;
  /// Hessian of the negative log likelihood and the penalty (X'WX + P/C) at the optimum, by all
  /// intercepts, then the coefficients of output 0, of output 1, …. With several classes it may
  /// have any curvature along "the same change in all classes", of which the likelihood knows
  /// nothing: the differences between classes do not see it.
  Eigen::MatrixXd information;
  /// outputs x columns: true for what was held and not estimated, as an aliased column or what an
  /// l1 penalty put to zero. Empty when all were estimated.
  Eigen::Array<bool, Eigen::Dynamic, Eigen::Dynamic> held;
};

/// The residuals of a linear fit, from which its variance is estimated.
struct Residuals {
  double sum_of_squares;      ///< weighted
  double degrees_of_freedom;  ///< rows - parameters
};

/// A parameter in the original unit of its column. All but the value are NaN where the data say
/// nothing of it (the information is singular) and where it was held.
struct Estimate {
  double value;
  double standard_error;
  double statistic;  ///< value / standard error: z, or t with residuals
  double p_value;    ///< two-sided
  double lower;      ///< of the 95% interval
  double upper;
};

/// The estimate of that value and standard error (NaN: nothing is known) by the normal distribution
/// or, with `degrees_of_freedom`, Student's t.
Estimate wald_estimate(double value, double standard_error,
                       std::optional<double> degrees_of_freedom = std::nullopt);

/// An estimate as a factor: odds ratio of a logistic model, rate ratio of one of counts.
struct Ratio {
  double value;
  double lower;
  double upper;
};

Ratio ratio(const Estimate& estimate);

struct OutputInference {
  Estimate intercept;
  std::vector<Estimate> coefficients;  ///< by column
};

struct Inference {
  /// One output: it. Several classes: class 1 minus class 0, class 2 minus class 0, ….
  std::vector<OutputInference> outputs;
  /// Covariance of the estimates: intercept and coefficients of one output, then of the next. NaN
  /// in rows and columns of what has no standard error.
  Eigen::MatrixXd covariance;
};

/// Wald inference in original units: standard errors are roots of the diagonal of the inverse
/// information, without penalty those of statsmodels' Logit, MNLogit (differences from the first
/// class) and GLM. With `residuals` they are times the residual deviation, and Student's t takes
/// the place of the normal distribution, as in OLS. What was held counts as known: the others are
/// as if it were not there.
Inference wald_inference(const FittedParameters& fit,
                         const std::optional<Residuals>& residuals = std::nullopt);

}  // namespace mlserve::metrics
