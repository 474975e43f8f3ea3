#pragma once

#include <optional>

#include "estimators/solve.hpp"

namespace mlserve::estimators {

/// A point near the solution of a smooth problem, for Newton's method to start from: nearer than
/// kNearEnough of its length in the norm of the Hessian, one step from the end. Empty where rows
/// are too few for that to be worth while, or the way does not lead there.
///
/// Fits to every 64th and every 8th chunk of rows come close; then the Hessian of the last leads,
/// with gradients of all rows, most of the way that is left. A Hessian of all rows costs several
/// gradients, and so only one or two of them are needed.
std::optional<VectorXd> approach_by_shares(const Problem& problem,
                                           const LinearObjective& objective);

constexpr double kNearEnough = 1e-5;

}  // namespace mlserve::estimators
