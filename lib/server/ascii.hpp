#pragma once

#include <algorithm>
#include <string_view>

#include "core/text.hpp"

namespace mlserve::server {

/// Header names and most of their values are compared like this (RFC 9110, 5.1).
constexpr bool equals_ignoring_case(std::string_view a, std::string_view b) noexcept {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                    [](char x, char y) { return ascii_lower(x) == ascii_lower(y); });
}

}  // namespace mlserve::server
