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

/// Solves H s = -g. Scaling both sides to a unit diagonal first makes columns of very different
/// sizes (ages and incomes) lose no digits.
VectorXd newton_step(const MatrixXd& hessian, const VectorXd& gradient) {
  const VectorXd scale =
      hessian.diagonal().cwiseMax(std::numeric_limits<double>::min()).cwiseSqrt().cwiseInverse();
  const MatrixXd scaled = scale.asDiagonal() * hessian * scale.asDiagonal();
  return -scale.cwiseProduct(scaled.ldlt().solve(scale.cwiseProduct(gradient)));
}

/// Halves the step until the value falls by a fair share of what the slope promises. Returns the
/// share of the step to take, 0 if none lowers the value.
double line_search(const Objective& objective, const VectorXd& from, const VectorXd& step,
                   double value, double slope) {
  constexpr double kFairShare = 1e-4;
  constexpr int kMaxHalvings = 40;
  // Near the optimum the promised fall drowns in rounding; then a full step does no harm.
  const double rounding = 1e-14 * std::abs(value);
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
  for (; result.iterations < options.max_iterations; ++result.iterations) {
    result.value = objective.derivatives(result.solution, gradient, result.hessian);
    if (result.converged) return result;
    const VectorXd step = newton_step(result.hessian, gradient);
    const double slope = gradient.dot(step);
    if (!std::isfinite(slope)) return result;
    const double share = line_search(objective, result.solution, step, result.value, slope);
    if (share == 0) return result;
    result.solution += share * step;
    const double largest = std::max(result.solution.cwiseAbs().maxCoeff(), 1e-12);
    result.converged = share == 1 && step.cwiseAbs().maxCoeff() <= options.tolerance * largest;
  }
  return result;
}

}  // namespace mlserve::estimators
