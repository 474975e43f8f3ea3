#include "estimators/warm_start.hpp"

#include <cmath>
#include <utility>

#include <Eigen/Cholesky>

namespace mlserve::estimators {
namespace {

/// Steps H^-1 g with a Hessian that stays, for as long as each is much shorter than the one before.
/// False where one is not: the Hessian is not like that of the objective.
bool approach(const LinearObjective& objective, const MatrixXd& hessian, VectorXd& at) {
  constexpr int kMaxSteps = 12;
  constexpr double kMostOfBefore = 0.3;  // a step shortens the next one to this or less
  const VectorXd scale = hessian.diagonal().cwiseSqrt().cwiseInverse();
  const Eigen::LLT<MatrixXd> cholesky(scale.asDiagonal() * hessian * scale.asDiagonal());
  if (cholesky.info() != Eigen::Success) return false;
  double before = 0;
  VectorXd gradient;
  for (int step = 0; step < kMaxSteps; ++step) {
    objective.gradient(at, gradient);
    const VectorXd move = -scale.cwiseProduct(cholesky.solve(scale.cwiseProduct(gradient)));
    const double length = std::sqrt(-gradient.dot(move));  // in the norm of the Hessian
    if (!std::isfinite(length) || (step > 0 && length > kMostOfBefore * before)) return false;
    at += move;
    const double near = kNearEnough / 2 * std::max(1.0, std::sqrt(at.dot(hessian * at)));
    // The next step is shorter by as much as this one was.
    if (length <= near || (step > 0 && length * (length / before) <= near)) return true;
    before = length;
  }
  return true;
}

}  // namespace

std::optional<VectorXd> approach_by_shares(const Problem& problem,
                                           const LinearObjective& objective) {
  constexpr Index kRows = 5000;             // of a share, at least
  constexpr Index kRowsPerParameter = 100;  // the same
  NewtonOptions options;
  options.max_iterations = 15;  // data that take longer are separated, in this share at least
  options.tolerance = 1e-3;
  NewtonResult likeness;
  likeness.solution = objective.start();
  for (const Index every : {64, 8}) {
    const Index share = problem.X.rows() / every;
    if (share < kRows || share < kRowsPerParameter * objective.parameters()) continue;
    likeness = minimize(problem.objective(every), likeness.solution, options);
    if (!likeness.converged) return std::nullopt;
  }
  if (!likeness.converged || !approach(objective, likeness.hessian, likeness.solution))
    return std::nullopt;
  return std::move(likeness.solution);
}

}  // namespace mlserve::estimators
