#pragma once

#include <functional>
#include <vector>

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

struct NewtonPoint {
  Eigen::VectorXd solution;
  double value = 0;
  Eigen::VectorXd gradient;
  Eigen::MatrixXd hessian;
};

struct NewtonResult : NewtonPoint {
  std::vector<double> values;  ///< at the start and after each step, as far as it was computed
  int iterations = 0;
  bool converged = false;
};

struct NewtonOptions {
  int max_iterations = 100;  ///< a logistic fit takes 5 to 15
  /// Done with a step that is shorter than this share of the solution (or of 1, whichever is more)
  /// in the norm of the Hessian: for a likelihood, lengths in standard errors. Steps shrink
  /// quadratically, so what is left after it is far below.
  double tolerance = 1e-7;
  /// Whether gradient and Hessian are those of the solution, or of the point before the last step,
  /// which saves a computation.
  bool last_derivatives = true;
  /// Asked after each step; true ends the search unconverged. May be empty.
  std::function<bool(const NewtonResult&)> give_up;
};

/// Newton's method with a backtracking (Armijo) line search from `start`; see Boyd and
/// Vandenberghe, Convex Optimization, algorithm 9.5. Ends unconverged after max_iterations, when no
/// step lowers the value, and when the function has no minimum or is not finite.
NewtonResult minimize(const Objective& objective, Eigen::VectorXd start,
                      const NewtonOptions& options = {});

// Parts that Newton's method shares with the proximal one.

/// What is added to the objective without having derivatives.
using Nonsmooth = std::function<double(const Eigen::VectorXd& at)>;

/// Goes along `step`, halving it until the value (of objective and `nonsmooth`, as in `point`)
/// falls by a fair share of what `slope` promises. False, and `point` as it was, if none does.
bool move_down(const Objective& objective, const Eigen::VectorXd& step, double slope,
               const Nonsmooth& nonsmooth, NewtonPoint& point);

/// Takes the last step, which changes the value by `gain`.
void finish(const Objective& objective, const Eigen::VectorXd& step, double gain,
            const Nonsmooth& nonsmooth, const NewtonOptions& options, NewtonResult& result);

/// Whether a step that promises to lower the value by `slope` is below the tolerance.
bool is_small(double slope, const NewtonPoint& point, double tolerance);

}  // namespace mlserve::estimators
