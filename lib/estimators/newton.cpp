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

/// Solves A x = b for a positive semidefinite A of unit diagonal: by the fast decomposition, or by
/// the one that bears singular matrices.
VectorXd solve(const MatrixXd& A, const VectorXd& b) {
  constexpr double kSmallestCondition = 1e-13;
  const Eigen::LLT<MatrixXd> cholesky(A);
  if (cholesky.info() == Eigen::Success && cholesky.rcond() > kSmallestCondition) {
    return cholesky.solve(b);
  }
  return A.ldlt().solve(b);
}

/// Solves H s = -g. Scaling both sides to a unit diagonal first makes columns of very different
/// sizes (ages and incomes) lose no digits.
Step newton_step(const MatrixXd& hessian, const VectorXd& gradient) {
  const VectorXd scale =
      hessian.diagonal().cwiseMax(std::numeric_limits<double>::min()).cwiseSqrt().cwiseInverse();
  const MatrixXd scaled = scale.asDiagonal() * hessian * scale.asDiagonal();
  const VectorXd target = -scale.cwiseProduct(gradient);
  const VectorXd solution = solve(scaled, target);
  constexpr double kMostResidual = 0.1;  // a singular system gives 0 where it has no answer
  const bool solved = (scaled * solution - target).norm() <= kMostResidual * target.norm();
  return {scale.cwiseProduct(solution), solved};
}

}  // namespace

bool move_down(const Objective& objective, const VectorXd& step, double slope,
               const Nonsmooth& nonsmooth, NewtonPoint& point) {
  constexpr double kFairShare = 1e-4;
  constexpr int kMaxHalvings = 40;
  // Near the optimum the promised fall drowns in the rounding of a sum over millions of rows; then
  // a full step does no harm.
  const double rounding = 1e-12 * std::abs(point.value);
  const auto is_fair = [&](double reached, double share) {
    return reached <= point.value + kFairShare * share * slope + rounding;
  };
  // The full step nearly always is, so its derivatives are computed at once.
  NewtonPoint reached;
  reached.solution = point.solution + step;
  const auto evaluate = [&] {
    reached.value = objective.derivatives(reached.solution, reached.gradient, reached.hessian) +
                    nonsmooth(reached.solution);
  };
  evaluate();
  bool found = is_fair(reached.value, 1);
  double share = 0.5;
  for (int i = 1; i < kMaxHalvings && !found; ++i, share /= 2) {
    reached.solution = point.solution + share * step;
    found = is_fair(objective.value(reached.solution) + nonsmooth(reached.solution), share);
    if (found) evaluate();
  }
  if (found) std::swap(point, reached);
  return found;
}

bool is_small(double slope, const NewtonPoint& point, double tolerance) {
  // Lengths are those of the Hessian, |v|^2 = v'Hv: they do not depend on the units of columns,
  // and a direction in which nothing changes does not count. The step's own is -slope.
  const double length = point.solution.dot(point.hessian * point.solution);
  return std::abs(slope) <= tolerance * tolerance * std::max(1.0, length);
}

void finish(const Objective& objective, const VectorXd& step, double gain,
            const Nonsmooth& nonsmooth, const NewtonOptions& options, NewtonResult& result) {
  result.solution += step;
  result.value += gain;
  if (options.last_derivatives) {
    result.value = objective.derivatives(result.solution, result.gradient, result.hessian) +
                   nonsmooth(result.solution);
  }
  result.values.push_back(result.value);
  result.converged = true;
  ++result.iterations;
}

NewtonResult minimize(const Objective& objective, VectorXd start, const NewtonOptions& options) {
  const auto no_corners = [](const VectorXd&) { return 0.0; };
  NewtonResult result;
  result.solution = std::move(start);
  result.value = objective.derivatives(result.solution, result.gradient, result.hessian);
  result.values.push_back(result.value);
  while (result.iterations < options.max_iterations) {
    const auto [step, solved] = newton_step(result.hessian, result.gradient);
    const double slope = result.gradient.dot(step);
    if (!solved || !std::isfinite(slope)) break;
    if (is_small(slope, result, options.tolerance)) {
      finish(objective, step, slope / 2, no_corners, options, result);
      break;
    }
    if (!move_down(objective, step, slope, no_corners, result)) break;
    result.values.push_back(result.value);
    ++result.iterations;
    if (options.give_up && options.give_up(result)) break;
  }
  return result;
}

}  // namespace mlserve::estimators
