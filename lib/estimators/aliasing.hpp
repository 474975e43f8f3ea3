#pragma once

#include <vector>

#include "estimators/loss.hpp"

namespace mlserve::estimators {

/// By column: whether it is, on the rows that have a weight, a linear combination of the intercept
/// and of the columns before it that are not (a constant is, and zeros are). Without a penalty its
/// coefficient could be anything; R's glm gives it NA.
/// `gram` is [1 X]' diag(weights) [1 X], the intercept first; best for centred columns.
std::vector<bool> find_aliased(const MatrixXd& gram);

}  // namespace mlserve::estimators
