#include "estimators/solve.hpp"

#include <algorithm>
#include <cmath>
#include <optional>
#include <utility>

#include "estimators/lbfgs.hpp"
#include "estimators/proximal_newton.hpp"
#include "estimators/separation.hpp"
#include "estimators/warm_start.hpp"

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

Solution solve_by_newton(const Problem& problem) {
  const LinearObjective objective = problem.objective();
  NewtonOptions options;
  options.max_iterations = problem.max_iterations;
  std::optional<VectorXd> near = approach_by_shares(problem, objective);
  if (near) {
    options.tolerance = kNearEnough;
    options.last_derivatives = false;
  }
  Solution solution;
  std::optional<Separation> separation;
  if (problem.l2 == 0) {
    // Standard errors do not grow but by separation; nearly all fits end before the first look.
    constexpr int kFirstLook = 10;
    // Far out, where a standard error is large, the value hardly changes any more.
    options.tolerance = 1e-9;
    VectorXd gradient;
    MatrixXd information;
    objective.derivatives(objective.start(), gradient, information);
    separation.emplace(information, reach_by_parameter(problem, objective));
    options.give_up = [&](const NewtonResult& result) {
      return result.iterations >= kFirstLook && !separation->diverging(result.hessian).empty();
    };
  }
  NewtonResult newton = minimize(objective, near ? *std::move(near) : objective.start(), options);
  if (separation) solution.diverging = separation->diverging(newton.hessian);
  solution.parameters = std::move(newton.solution);
  solution.information = std::move(newton.hessian);
  solution.value = newton.value;
  solution.values = std::move(newton.values);
  solution.iterations = newton.iterations;
  solution.converged = newton.converged && solution.diverging.empty();
  solution.solver = "newton";
  return solution;
}

/// The rest of a solution when its parameters are known: the Hessian where it may be built.
void add_information(const LinearObjective& objective, Solution& solution) {
  if (objective.parameters() > kMaxHessianRows) return;
  VectorXd gradient;
  objective.derivatives(solution.parameters, gradient, solution.information);
}

Solution solve_by_lbfgs(const Problem& problem) {
  const LinearObjective objective = problem.objective();
  const VectorXd start = objective.start();
  // In units of which the curvatures at the start are one; a column of zeros stays as it is.
  VectorXd unit = objective.curvatures(start).cwiseSqrt().cwiseInverse();
  unit = unit.array().isFinite().select(unit, 1.0);
  const auto in_units = [&](const VectorXd& at, VectorXd& gradient) {
    const double value = objective.gradient(unit.cwiseProduct(at), gradient);
    gradient.array() *= unit.array();
    return value;
  };
  LbfgsOptions options;
  options.max_iterations = problem.max_iterations;
  options.tolerance = 1e-9;  // probabilities to 1e-8 of those of an exact solution
  const LbfgsResult found = minimize_by_lbfgs(in_units, start.cwiseQuotient(unit), options);
  Solution solution;
  solution.parameters = unit.cwiseProduct(found.solution);
  solution.value = objective.value(solution.parameters);
  solution.values = found.values;
  solution.iterations = found.iterations;
  solution.converged = found.converged;
  solution.solver = "l-bfgs";
  add_information(objective, solution);
  return solution;
}

Solution solve_by_proximal_newton(const Problem& problem, const VectorXd& start) {
  const LinearObjective objective = problem.objective();
  VectorXd l1 = VectorXd::Constant(objective.parameters(), problem.l1);
  l1.head(objective.outputs()).setZero();
  NewtonOptions options;
  options.max_iterations = problem.max_iterations;
  NewtonResult newton = minimize_with_l1(objective, l1, start, options);
  Solution solution;
  solution.parameters = std::move(newton.solution);
  solution.information = std::move(newton.hessian);
  solution.value = newton.value;
  solution.values = std::move(newton.values);
  solution.iterations = newton.iterations;
  solution.converged = newton.converged;
  solution.solver = "proximal-newton";
  return solution;
}

/// OWL-QN in units that make the intercepts, which the penalty leaves alone, as stiff as the
/// average coefficient.
Solution solve_by_owlqn(const Problem& problem, const LinearObjective& objective,
                        const VectorXd& start, double tolerance) {
  const Index outputs = objective.outputs();
  const VectorXd curvatures = objective.curvatures(objective.start());
  const double unit = std::sqrt(curvatures.tail(curvatures.size() - outputs).mean() /
                                curvatures.head(outputs).mean());
  const auto in_units = [&](VectorXd at, VectorXd& gradient) {
    at.head(outputs) *= unit;
    const double value = objective.gradient(at, gradient);
    gradient.head(outputs) *= unit;
    return value;
  };
  LbfgsOptions options;
  options.max_iterations = problem.max_iterations;
  options.tolerance = tolerance;
  options.l1 = problem.l1;
  options.l1_start = outputs;
  VectorXd from = start;
  from.head(outputs) /= unit;
  LbfgsResult found = minimize_by_lbfgs(in_units, from, options);
  Solution solution;
  solution.parameters = std::move(found.solution);
  solution.parameters.head(outputs) *= unit;
  solution.value = objective.value(solution.parameters) +
                   problem.l1 * solution.parameters.tail(start.size() - outputs).lpNorm<1>();
  solution.values = found.values;
  solution.iterations = found.iterations;
  solution.converged = found.converged;
  solution.solver = "owl-qn";
  return solution;
}

/// Columns that have a coefficient, or whose zeros the penalty does not hold.
std::vector<Index> working_set(const LinearObjective& objective, const VectorXd& at, double l1) {
  constexpr double kRounding = 1e-9;
  VectorXd gradient;
  objective.gradient(at, gradient);
  std::vector<Index> columns;
  for (Index column = 0; column < objective.columns(); ++column) {
    bool works = false;
    for (Index k = 0; k < objective.outputs(); ++k) {
      const Index p = objective.parameter(k, column);
      works = works || at[p] != 0 || std::abs(gradient[p]) > l1 * (1 + kRounding);
    }
    if (works) columns.push_back(column);
  }
  return columns;
}

/// The solution for many columns of which few have coefficients: OWL-QN comes near, the proximal
/// Newton method then solves for those few, and the gradient says whether others have to join.
Solution solve_sparsely(const Problem& problem) {
  constexpr double kNear = 1e-3;
  constexpr double kExact = 1e-6;
  constexpr int kMaxRounds = 20;
  const LinearObjective objective = problem.objective();
  const Index outputs = objective.outputs();
  Solution solution = solve_by_owlqn(problem, objective, objective.start(), kNear);
  solution.converged = false;
  std::vector<Index> columns = working_set(objective, solution.parameters, problem.l1);
  for (int round = 0; round < kMaxRounds && !solution.converged; ++round) {
    if (outputs * (static_cast<Index>(columns.size()) + 1) > kMaxHessianRows) {
      return solve_by_owlqn(problem, objective, solution.parameters, kExact);
    }
    const DesignMatrix few = problem.X.select(columns);
    const std::vector<Index> places = parameters_of(columns, objective.columns(), outputs);
    const Problem part{few,        problem.loss,    problem.l1,
                       problem.l2, problem.threads, problem.max_iterations};
    const Solution exact = solve_by_proximal_newton(part, solution.parameters(places));
    solution.parameters.setZero();
    solution.parameters(places) = exact.parameters;
    solution.value = exact.value;
    solution.values.insert(solution.values.end(), exact.values.begin(), exact.values.end());
    solution.iterations += exact.iterations;
    const std::vector<Index> next = working_set(objective, solution.parameters, problem.l1);
    // Those that work are among the ones solved for: nothing is left to be gained.
    solution.converged =
        exact.converged && std::includes(columns.begin(), columns.end(), next.begin(), next.end());
    columns = next;
  }
  add_information(objective, solution);
  return solution;
}

/// Whether Hessians of all parameters may be built, and cost less than the many gradients that are
/// needed instead.
bool hessians_pay(const LinearObjective& objective, bool unpenalised) {
  if (objective.parameters() > kMaxHessianRows) return false;
  if (unpenalised) return true;  // only a Hessian tells separated data
  constexpr double kHessians = 8;
  constexpr double kGradients = 500;
  constexpr double kSeconds = 4e9;  // multiplications that are not worth a thought
  const auto parameters = static_cast<double>(objective.parameters());
  const double by_hessians =
      kHessians * (objective.derivatives_cost() + parameters * parameters * parameters / 3);
  return by_hessians <= std::max(kSeconds, kGradients * objective.gradient_cost());
}

}  // namespace

std::vector<Index> parameters_of(const std::vector<Index>& kept, Index columns, Index outputs) {
  std::vector<Index> parameters;
  for (Index k = 0; k < outputs; ++k) parameters.push_back(k);
  for (Index k = 0; k < outputs; ++k) {
    for (const Index column : kept) parameters.push_back(outputs + k * columns + column);
  }
  return parameters;
}

Solution solve(const Problem& problem) {
  const LinearObjective objective = problem.objective();
  if (!hessians_pay(objective, problem.l1 == 0 && problem.l2 == 0)) {
    return problem.l1 > 0 ? solve_sparsely(problem) : solve_by_lbfgs(problem);
  }
  if (problem.l1 > 0) return solve_by_proximal_newton(problem, objective.start());
  return solve_by_newton(problem);
}

}  // namespace mlserve::estimators
