#pragma once

#include <functional>
#include <vector>

#include <Eigen/Core>

namespace mlserve::estimators {

/// Value of a smooth function at a point; writes its gradient.
using ValueAndGradient =
    std::function<double(const Eigen::VectorXd& at, Eigen::VectorXd& gradient)>;

struct LbfgsOptions {
  int max_iterations = 2000;
  /// Done when the gradient (with l1: the one that is left of it) is shorter than this share of the
  /// solution, or of 1.
  double tolerance = 1e-8;
  double l1 = 0;              ///< weight of the sum of absolute values; > 0 makes it OWL-QN
  Eigen::Index l1_start = 0;  ///< the first variable in that sum
};

struct LbfgsResult {
  Eigen::VectorXd solution;
  std::vector<double> values;  ///< at the start and after each iteration, l1 included
  int iterations = 0;
  bool converged = false;
};

/// Minimises a function of many variables by limited-memory BFGS, which needs no Hessian; with l1
/// by OWL-QN (Andrew and Gao 2007). The work is done by liblbfgs. An exception of `function` ends
/// the search and is thrown on.
LbfgsResult minimize_by_lbfgs(const ValueAndGradient& function, const Eigen::VectorXd& start,
                              const LbfgsOptions& options = {});

}  // namespace mlserve::estimators
