#pragma once

#include <memory>

#include "estimators/loss.hpp"

namespace mlserve::estimators {

/// -log of the probability of the class, of any number of them: log(sum_k exp(m_k)) - m_y, with one
/// margin a class. Adding a constant to all margins of a row changes nothing.
std::unique_ptr<Loss> make_multinomial_loss(const Response& response);

}  // namespace mlserve::estimators
