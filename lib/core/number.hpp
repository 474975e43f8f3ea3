#pragma once

#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <string_view>

namespace mlserve {

/// A number that is not known.
inline constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();

/// The finite double that the whole of `text` spells in decimal, correctly rounded
/// (std::from_chars): "22", "-0.5", "+1e3", " 7 " (blanks around are allowed, as in pandas).
/// None for "", "1,5", "0x10", "inf", "nan" and what exceeds the range; what underflows is 0 or
/// subnormal.
std::optional<double> parse_double(std::string_view text) noexcept;

/// What a message says that `text` is not: "a number", with the reason when that is a decimal
/// comma.
std::string_view expected_number(std::string_view text);

/// The integer that the whole of `text` spells in decimal, a sign and blanks around allowed as
/// above: "3", "-3", "+3", but not "3.0". None beyond 64 bits.
std::optional<std::int64_t> parse_integer(std::string_view text) noexcept;

/// Appends the shortest decimal text that reads back as exactly `value`: "0.1", "1e+300"; integers
/// up to 2^53 have all their digits: "22", "100000".
/// `value` must be finite.
void append_double(std::string& out, double value);
std::string format_double(double value);

}  // namespace mlserve
