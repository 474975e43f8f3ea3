#pragma once

#include <Eigen/Core>

namespace mlserve::metrics {

/// What the curvature of the objective says of each coefficient, in its order.
struct Inference {
  Eigen::VectorXd standard_errors;  ///< NaN where the data say nothing (the Hessian is singular)
  Eigen::VectorXd z;                ///< coefficient / standard error
  Eigen::VectorXd p_values;         ///< two-sided, standard normal
};

/// Wald inference from the Hessian of the negative log likelihood at the optimum. For a penalised
/// fit `hessian` is X'WX + P/C (the penalty's share included), so that the standard errors are the
/// square roots of the diagonal of its inverse; without penalty they agree with
/// statsmodels.api.Logit(...).fit().bse.
Inference wald_inference(const Eigen::VectorXd& coefficients, const Eigen::MatrixXd& hessian);

/// Standard error of the sum of `factors` times the coefficients: that of an intercept at another
/// place, or of a margin. NaN where the data say nothing of it.
double standard_error(const Eigen::VectorXd& factors, const Eigen::MatrixXd& hessian);

}  // namespace mlserve::metrics
