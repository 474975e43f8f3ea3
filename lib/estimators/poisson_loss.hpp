#pragma once

#include <memory>

#include "estimators/loss.hpp"

namespace mlserve::estimators {

/// mu - y log(mu), mu = exp(m): Poisson regression of a count (or rate) y >= 0 with the log link.
std::unique_ptr<Loss> make_poisson_loss(const Response& response);

}  // namespace mlserve::estimators
