#pragma once

#include <memory>

#include "estimators/loss.hpp"

namespace mlserve::estimators {

/// (y - m)^2 / 2: least squares.
std::unique_ptr<Loss> make_squared_loss(const Response& response);

}  // namespace mlserve::estimators
