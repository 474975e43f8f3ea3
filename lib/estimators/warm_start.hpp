#pragma once

#include "estimators/solve.hpp"

namespace mlserve::estimators {

/// Where Newton's method for a smooth problem does well to start: with few rows at the intercepts
/// of the loss; with many near the solution, by a fit to every 16th chunk of rows, whose Hessian
/// then leads, with gradients of all rows, most of the way that is left. A Hessian of all rows
/// costs several gradients, and so only the last one or two are needed.
VectorXd choose_start(const Problem& problem, const LinearObjective& objective);

}  // namespace mlserve::estimators
