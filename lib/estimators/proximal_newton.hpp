#pragma once

#include "estimators/newton.hpp"

namespace mlserve::estimators {

/// Minimises objective(x) + l1.|x| (|x| by element, weights `l1` >= 0) by Newton's method on
/// quadratic models that keep the corners; see Lee, Sun and Saunders, "Proximal Newton-type methods
/// for minimizing composite functions", SIAM J. Optim. 24 (2014). Zeros of the solution are exact.
/// Options and result are as with minimize(); value is that of the whole, gradient and Hessian
/// those of the smooth part.
NewtonResult minimize_with_l1(const Objective& objective, const Eigen::VectorXd& l1,
                              Eigen::VectorXd start, const NewtonOptions& options = {});

}  // namespace mlserve::estimators
