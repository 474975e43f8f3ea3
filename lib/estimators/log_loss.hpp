#pragma once

#include <memory>

#include "estimators/loss.hpp"

namespace mlserve::estimators {

/// -log of the probability of the class, of two: log(1 + exp(m)) - y m, for y = 0 or 1 and the
/// margin m.
std::unique_ptr<Loss> make_log_loss(const Response& response);

}  // namespace mlserve::estimators
