#include "estimators/newton.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>

#include <Eigen/Cholesky>

namespace mlserve::estimators {
namespace {

using Eigen::MatrixXd;
using Eigen::VectorXd;

struct Step {
  VectorXd step;
  bool solved;  ///< false where the Hessian has no curvature to hold the gradient
};

/// Solves H s = -g. Scaling both sides to a unit diagonal first makes columns of very different
/// sizes (ages and incomes) lose no digits.
Step newton_step(const MatrixXd& hessian, const VectorXd& gradient) {
  const VectorXd scale =
      hessian.diagonal().cwiseMax(std::numeric_limits<double>::min()).cwiseSqrt().cwiseInverse();
  const MatrixXd scaled = scale.asDiagonal() * hessian * scale.asDiagonal();
  const VectorXd target = -scale.cwiseProduct(gradient);
  const VectorXd solution = scaled.ldlt().solve(target);
  constexpr double kMostResidual = 0.1;  // a singular system gives 0 where it has no answer
  const bool solved = (scaled * solution - target).norm() <= kMostResidual * target.norm();
  return {scale.cwiseProduct(solution), solved};
}

/// Halves the step until the value falls by a fair share of what the slope promises. Returns the
/// share of the step to take, 0 if none lowers the value.
double line_search(const Objective& objective, const VectorXd& from, const VectorXd& step,
                   double value, double slope) {
  constexpr double kFairShare = 1e-4;
  constexpr int kMaxHalvings = 40;
  // Near the optimum the promised fall drowns in the rounding of a sum over millions of rows; then
  // a full step does no harm.
  const double rounding = 1e-12 * std::abs(value);
  double share = 1;
  for (int i = 0; i < kMaxHalvings; ++i, share /= 2) {
    const double reached = objective.value(from + share * step);
    if (reached <= value + kFairShare * share * slope + rounding) return share;
  }
  return 0;
}

}  // namespace

NewtonResult minimize(const Objective& objective, VectorXd start, const NewtonOptions& options) {
  NewtonResult result;
  result.solution = std::move(start);
  VectorXd gradient;
  result.value = objective.derivatives(result.solution, gradient, result.hessian);
  while (!result.converged && result.iterations < options.max_iterations) {
    const auto [step, solved] = newton_step(result.hessian, gradient);
    const double slope = gradient.dot(step);
    if (!solved || !std::isfinite(slope)) break;
    // Lengths are those of the Hessian, |v|^2 = v'Hv: they do not depend on the units of columns,
    // and a direction in which nothing changes does not count. The step's own is -slope.
    const double length = result.solution.dot(result.hessian * result.solution);
    const double small = options.tolerance * options.tolerance * std::max(1.0, length);
    result.converged = std::abs(slope) <= small;
    const double share =
        result.converged ? 1 : line_search(objective, result.solution, step, result.value, slope);
    if (share == 0) break;
    result.solution += share * step;
    ++result.iterations;
    result.value = objective.derivatives(result.solution, gradient, result.hessian);
  }
  return result;
}

}  // namespace mlserve::estimators
