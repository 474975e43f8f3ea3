#include "estimators/solve.hpp"

#include <optional>
#include <utility>

#include "estimators/separation.hpp"

namespace mlserve::estimators {
namespace {

/// The largest absolute value of the column of each parameter, 1 for intercepts.
VectorXd reach_by_parameter(const Problem& problem, const LinearObjective& objective) {
  VectorXd reach = VectorXd::Ones(objective.parameters());
  const VectorXd largest = largest_by_column(problem.X);
  for (Index k = 0; k < objective.outputs(); ++k) {
    reach.segment(objective.parameter(k, 0), objective.columns()) = largest;
  }
  return reach;
}

/// A start that is near the solution, from a fit to a share of the rows, where these are so many
/// that it is worth while.
VectorXd choose_start(const Problem& problem, const LinearObjective& objective) {
  constexpr Index kEvery = 16;
  constexpr Index kRowsPerParameter = 100;  // in the share
  constexpr Index kRows = 10'000;
  const VectorXd null = objective.start();
  const Index share = problem.X.rows() / kEvery;
  if (share < kRows || share < kRowsPerParameter * objective.parameters()) return null;
  NewtonOptions options;
  options.max_iterations = 12;
  options.tolerance = 1e-3;
  NewtonResult likeness = minimize(problem.objective(kEvery), null, options);
  // A category that the share has only of one class would be led astray.
  if (!likeness.converged || objective.value(likeness.solution) > objective.value(null))
    return null;
  return std::move(likeness.solution);
}

Solution solve_by_newton(const Problem& problem) {
  const LinearObjective objective = problem.objective();
  NewtonOptions options;
  options.max_iterations = problem.max_iterations;
  VectorXd start = choose_start(problem, objective);
  Solution solution;
  std::optional<Separation> separation;
  if (problem.l2 == 0) {
    // Standard errors do not grow but by separation; nearly all fits end before the first look.
    constexpr int kFirstLook = 10;
    VectorXd gradient;
    MatrixXd information;
    objective.derivatives(objective.start(), gradient, information);
    separation.emplace(information, reach_by_parameter(problem, objective));
    options.give_up = [&](const NewtonResult& result) {
      return result.iterations >= kFirstLook && !separation->diverging(result.hessian).empty();
    };
  }
  NewtonResult newton = minimize(objective, std::move(start), options);
  if (separation) solution.diverging = separation->diverging(newton.hessian);
  solution.parameters = std::move(newton.solution);
  solution.information = std::move(newton.hessian);
  solution.value = newton.value;
  solution.iterations = newton.iterations;
  solution.converged = newton.converged && solution.diverging.empty();
  solution.solver = "newton";
  return solution;
}

}  // namespace

Solution solve(const Problem& problem) { return solve_by_newton(problem); }

}  // namespace mlserve::estimators
