#pragma once

#include <string>
#include <vector>

#include "estimators/fit.hpp"
#include "estimators/linear_objective.hpp"

namespace mlserve::estimators {

/// What is minimised: sum(weight * loss) + l1 |w|_1 + l2 w.w / 2.
struct Problem {
  const DesignMatrix& X;
  const Loss& loss;
  double l1 = 0;
  double l2 = 0;
  unsigned threads = 1;
  int max_iterations = 1;

  LinearObjective objective(Index every = 1) const {
    return {X, loss, {l2, l1 == 0 && l2 == 0, threads, every}};
  }
};

/// By parameter, as LinearObjective orders them.
struct Solution {
  VectorXd parameters;
  MatrixXd information;  ///< Hessian of the smooth part; may be empty
  double value = 0;
  std::vector<double> values;  ///< at the start and after each iteration of the solver
  int iterations = 0;
  bool converged = false;
  std::string solver;
  std::vector<Index> diverging;  ///< parameters without a finite value
};

/// A Hessian with more rows takes too much memory, as each thread sums one of its own.
constexpr Index kMaxHessianRows = kMaxUnpenalised;

/// Where the parameters of some columns, of so many, stand among those of all.
std::vector<Index> parameters_of(const std::vector<Index>& kept, Index columns, Index outputs);

/// By whichever of the solvers suits the size and the penalty.
Solution solve(const Problem& problem);

}  // namespace mlserve::estimators
