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
  /// Done when a full step changes no parameter by more than this share of the largest one. Steps
  /// shrink quadratically, so what is left after such a step is far below 1e-9.
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
/// Vandenberghe, Convex Optimization, algorithm 9.5. Stops unconverged after max_iterations or when
/// no step lowers the value.
NewtonResult minimize(const Objective& objective, Eigen::VectorXd start,
                      const NewtonOptions& options = {});

}  // namespace mlserve::estimators
