#include "estimators/fit.hpp"

#include <cmath>
#include <utility>

#include <Eigen/Cholesky>

#include "core/error.hpp"
#include "core/number.hpp"
#include "estimators/aliasing.hpp"
#include "estimators/solve.hpp"
#include "estimators/squared_loss.hpp"

namespace mlserve::estimators {
namespace {

void require_valid(const DesignMatrix& X, const Loss& loss, const Penalty& penalty) {
  if (X.rows() != loss.rows()) {
    throw Error(ErrorKind::invalid_argument, "matrix and targets differ in rows");
  }
  if (!(penalty.C > 0)) throw Error(ErrorKind::invalid_argument, "C must be positive");
  if (!(penalty.l1_ratio >= 0 && penalty.l1_ratio <= 1)) {
    throw Error(ErrorKind::invalid_argument, "the l1 ratio must be from 0 to 1");
  }
}

/// The share of |w|_1 in the penalty; the rest is that of w.w / 2.
double l1_share(const Penalty& penalty) {
  if (penalty.kind == PenaltyKind::elasticnet) return penalty.l1_ratio;
  return penalty.kind == PenaltyKind::l1 ? 1 : 0;
}

Problem make_problem(const DesignMatrix& X, const Loss& loss, const FitOptions& options) {
  Problem problem{X, loss};
  if (options.penalty.kind != PenaltyKind::none) {
    const double l1 = l1_share(options.penalty);
    problem.l1 = l1 / options.penalty.C;
    problem.l2 = (1 - l1) / options.penalty.C;
  }
  problem.threads = options.threads;
  problem.max_iterations = options.max_iterations;
  return problem;
}

std::vector<bool> aliased_columns(const DesignMatrix& X, const Loss& loss, unsigned threads) {
  if (X.columns() + 1 > kMaxHessianRows) {
    return std::vector<bool>(static_cast<std::size_t>(X.columns()), false);
  }
  // The Gram is the Hessian of least squares, whatever the targets are.
  const auto least_squares = make_squared_loss({loss.weights(), loss.weights()});
  const LinearObjective objective(X, *least_squares, {.threads = threads});
  VectorXd gradient;
  MatrixXd gram;
  objective.derivatives(objective.start(), gradient, gram);
  return find_aliased(gram);
}

std::vector<Index> columns_without(const std::vector<bool>& left_out) {
  std::vector<Index> kept;
  for (std::size_t column = 0; column < left_out.size(); ++column) {
    if (!left_out[column]) kept.push_back(static_cast<Index>(column));
  }
  return kept;
}

/// The solution for some columns as one for all: the others have zeros.
Solution widen(const Solution& narrow, const std::vector<Index>& places, Index parameters) {
  Solution wide = narrow;
  wide.parameters.setZero(parameters);
  wide.parameters(places) = narrow.parameters;
  if (narrow.information.size() > 0) {
    wide.information.setIdentity(parameters, parameters);
    wide.information(places, places) = narrow.information;
  }
  for (Index& parameter : wide.diverging) parameter = places[static_cast<std::size_t>(parameter)];
  return wide;
}

/// A coefficient that l1 holds at zero moves nothing: it leaves the information.
void leave_zeros_out(const Problem& problem, Index outputs, Solution& solution,
                     VectorXd& penalty_curvature) {
  if (problem.l1 == 0 || solution.information.size() == 0) return;
  for (Index p = outputs; p < solution.parameters.size(); ++p) {
    if (solution.parameters[p] != 0) continue;
    solution.information.row(p).setZero();
    solution.information.col(p).setZero();
    solution.information(p, p) = 1;
    penalty_curvature[p] = 1;
  }
}

/// The columns of diverging parameters; -1 where these are intercepts only.
std::vector<Index> separated_columns(const std::vector<Index>& diverging, Index outputs,
                                     Index columns) {
  std::vector<bool> passed(static_cast<std::size_t>(columns), false);
  std::vector<Index> separated;
  for (const Index parameter : diverging) {
    if (parameter >= outputs)
      passed[static_cast<std::size_t>((parameter - outputs) % columns)] = true;
  }
  for (Index column = 0; column < columns; ++column) {
    if (passed[static_cast<std::size_t>(column)]) separated.push_back(column);
  }
  if (separated.empty() && !diverging.empty()) separated.push_back(-1);
  return separated;
}

/// Coefficients and intercepts for the columns as they were before centring and scaling.
void unpack(const VectorXd& parameters, bool penalised, Fit& fit) {
  const Index columns = fit.centres.size();
  const Index outputs = parameters.size() / (columns + 1);
  fit.coefficients = parameters.tail(outputs * columns).reshaped(columns, outputs).transpose();
  // Of all solutions that differ by what all outputs have in common, the one that sums to zero.
  if (outputs > 1 && !penalised) {
    const Eigen::RowVectorXd common = fit.coefficients.colwise().mean();
    fit.coefficients.rowwise() -= common;
  }
  fit.coefficients = (fit.coefficients * fit.scales.cwiseInverse().asDiagonal()).eval();
  fit.intercepts = parameters.head(outputs) - fit.coefficients * fit.centres;
  if (outputs > 1) fit.intercepts.array() -= fit.intercepts.mean();
}

}  // namespace

Fit fit_linear_model(const DesignMatrix& X, const Loss& loss, const FitOptions& options) {
  require_valid(X, loss, options.penalty);
  const Problem problem = make_problem(X, loss, options);
  const bool penalised = options.penalty.kind != PenaltyKind::none;
  const Index outputs = loss.outputs();
  const Index parameters = outputs * (X.columns() + 1);
  Fit fit;
  fit.aliased = penalised ? std::vector<bool>(static_cast<std::size_t>(X.columns()), false)
                          : aliased_columns(X, loss, options.threads);
  const std::vector<Index> kept = columns_without(fit.aliased);
  Solution solution;
  if (static_cast<Index>(kept.size()) == X.columns()) {
    solution = solve(problem);
  } else {
    const DesignMatrix estimable = X.select(kept);
    solution = widen(solve(make_problem(estimable, loss, options)),
                     parameters_of(kept, X.columns(), outputs), parameters);
  }
  fit.centres = X.centres();
  fit.scales = X.scales();
  unpack(solution.parameters, penalised, fit);
  fit.separated = separated_columns(solution.diverging, outputs, X.columns());
  const VectorXd w = solution.parameters.tail(parameters - outputs);
  fit.objective = solution.value;
  fit.loss = solution.value - problem.l1 * w.lpNorm<1>() - problem.l2 * w.squaredNorm() / 2;
  fit.penalty_curvature = VectorXd::Constant(parameters, problem.l2);
  fit.penalty_curvature.head(outputs).setZero();
  for (Index p = outputs; p < parameters; ++p) {
    // Whole diagonals of parameters that are left out.
    if (fit.aliased[static_cast<std::size_t>((p - outputs) % X.columns())]) {
      fit.penalty_curvature[p] = 1;
    }
  }
  leave_zeros_out(problem, outputs, solution, fit.penalty_curvature);
  fit.information = std::move(solution.information);
  if (outputs > 1) fit.held_directions = 1 + (penalised ? 0 : static_cast<Index>(kept.size()));
  fit.objectives = std::move(solution.values);
  fit.iterations = solution.iterations;
  fit.converged = solution.converged;
  fit.solver = std::move(solution.solver);
  return fit;
}

double effective_parameters(const Fit& fit) {
  if (fit.information.size() == 0) return kNaN;
  // tr(H^-1 (H - D - N)), D the penalty and N the curvature of directions that are held.
  const Index parameters = fit.information.rows();
  const MatrixXd inverse = fit.information.llt().solve(MatrixXd::Identity(parameters, parameters));
  return static_cast<double>(parameters - fit.held_directions) -
         inverse.diagonal().dot(fit.penalty_curvature);
}

}  // namespace mlserve::estimators
