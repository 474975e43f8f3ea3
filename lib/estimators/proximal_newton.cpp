#include "estimators/proximal_newton.hpp"

#include <cmath>
#include <utility>

#include "estimators/l1_quadratic.hpp"

namespace mlserve::estimators {

using Eigen::VectorXd;

NewtonResult minimize_with_l1(const Objective& objective, const VectorXd& l1, VectorXd start,
                              const NewtonOptions& options) {
  const auto corners = [&l1](const VectorXd& at) { return l1.dot(at.cwiseAbs()); };
  NewtonResult result;
  result.solution = std::move(start);
  result.value = objective.derivatives(result.solution, result.gradient, result.hessian) +
                 corners(result.solution);
  result.values.push_back(result.value);
  while (result.iterations < options.max_iterations) {
    const VectorXd reached =
        minimize(L1Quadratic{result.solution, result.gradient, result.hessian, l1});
    const VectorXd step = reached - result.solution;
    const double slope = result.gradient.dot(step) + corners(reached) - corners(result.solution);
    if (!std::isfinite(slope)) break;
    if (is_small(slope, result, options.tolerance)) {
      finish(objective, step, slope / 2, corners, options, result);
      break;
    }
    if (!move_down(objective, step, slope, corners, result)) break;
    result.values.push_back(result.value);
    ++result.iterations;
    if (options.give_up && options.give_up(result)) break;
  }
  return result;
}

}  // namespace mlserve::estimators
