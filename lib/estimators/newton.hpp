#pragma once

#include <Eigen/Core>

namespace mlserve::estimators {

/// A smooth, convex function to be minimised; the solver sees nothing of what is fitted.
class Objective {
 public:
  virtual ~Objective() = default;

  virtual double value(const Eigen::VectorXd& at) const = 0;

  /// Value, gradient and Hessian (both triangles) at one point.
  virtual double derivatives(const Eigen::VectorXd& at, Eigen::VectorXd& gradient,
                             Eigen::MatrixXd& hessian) const = 0;
};

struct NewtonOptions {
  int max_iterations = 100;  ///< a logistic fit takes 5 to 15
  /// Done with a step that is shorter than this share of the solution (or of 1, whichever is more)
  /// in the norm of the Hessian: for a likelihood, lengths in standard errors. Steps shrink
  /// quadratically, so what is left after it is far below.
  double tolerance = 1e-9;
};

struct NewtonResult {
  Eigen::VectorXd solution;
  Eigen::MatrixXd hessian;  ///< at the solution
  double value = 0;
  int iterations = 0;
  bool converged = false;
};

/// Newton's method with a backtracking (Armijo) line search from `start`; see Boyd and
/// Vandenberghe, Convex Optimization, algorithm 9.5. Ends unconverged after max_iterations, when no
/// step lowers the value, and when the function has no minimum or is not finite.
NewtonResult minimize(const Objective& objective, Eigen::VectorXd start,
                      const NewtonOptions& options = {});

}  // namespace mlserve::estimators
