#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace mlserve::exporters {

/// A C string literal of any bytes. Throws Error(invalid_argument) when C99 need not take one that
/// long.
std::string c_string(std::string_view text);

/// `text` for a comment of C, C++ or JavaScript: what might end it or join lines becomes '_'.
std::string c_comment(std::string_view text);

/// A double literal that reads back exactly. What overflowed where the largest weights meet stays
/// so.
std::string c_double(double value);

}  // namespace mlserve::exporters
