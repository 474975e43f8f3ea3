#include "core/number.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>

#include "core/text.hpp"

namespace mlserve {
namespace {

std::string_view trim(std::string_view text) {
  constexpr std::string_view kBlanks = " \t\n\v\f\r";
  const std::size_t begin = text.find_first_not_of(kBlanks);
  if (begin == std::string_view::npos) return {};
  return text.substr(begin, text.find_last_not_of(kBlanks) - begin + 1);
}

/// std::from_chars does not take a '+'. One before a '-' stays, so that "+-1" is no number.
std::string_view without_plus(std::string_view text) {
  const bool has_plus = text.size() > 1 && text[0] == '+' && text[1] != '-';
  return has_plus ? text.substr(1) : text;
}

/// Keeps out the words that std::from_chars knows: inf, infinity, nan.
bool begins_as_decimal(std::string_view text) {
  if (text.starts_with('-')) text.remove_prefix(1);
  return !text.empty() && (is_digit(text[0]) || text[0] == '.');
}

/// Whether a number that no double can hold is too small and not too large. Such numbers are so
/// far from 1 that the place of the first digit and the exponent together decide.
bool underflows(std::string_view number) {
  const std::size_t e = std::min(number.find_first_of("eE"), number.size());
  const std::string_view mantissa = number.substr(0, e);
  const auto point = static_cast<std::int64_t>(std::min(mantissa.find('.'), mantissa.size()));
  const auto first = static_cast<std::int64_t>(mantissa.find_first_of("123456789"));
  if (e == number.size()) return point < first;

  const std::string_view exponent_text = without_plus(number.substr(e + 1));
  const char* const end = exponent_text.data() + exponent_text.size();
  std::int64_t exponent = 0;
  const auto result = std::from_chars(exponent_text.data(), end, exponent);
  if (result.ec == std::errc::result_out_of_range) return exponent_text.starts_with('-');
  return exponent < first - point;
}

}  // namespace

std::optional<double> parse_double(std::string_view text) noexcept {
  const std::string_view number = without_plus(trim(text));
  if (!begins_as_decimal(number)) return std::nullopt;
  const char* const end = number.data() + number.size();
  double value = 0;
  const auto [rest, error] = std::from_chars(number.data(), end, value);
  if (rest != end) return std::nullopt;
  if (error == std::errc{}) return value;
  if (error == std::errc::result_out_of_range && underflows(number)) {
    return number.starts_with('-') ? -0.0 : 0.0;
  }
  return std::nullopt;
}

std::string_view expected_number(std::string_view text) {
  std::string with_point(text);
  std::replace(with_point.begin(), with_point.end(), ',', '.');
  const bool has_comma = text.find(',') != std::string_view::npos;
  return has_comma && parse_double(with_point)
             ? "a number: it has a decimal comma where a point belongs"
             : "a number";
}

std::optional<std::int64_t> parse_integer(std::string_view text) noexcept {
  const std::string_view number = without_plus(trim(text));
  const char* const end = number.data() + number.size();
  std::int64_t value = 0;
  const auto [rest, error] = std::from_chars(number.data(), end, value);
  if (rest != end || error != std::errc{}) return std::nullopt;
  return value;
}

void append_double(std::string& out, double value) {
  // std::to_chars alone would write 100000 as 1e+05, which is shorter but not what people expect
  // of counts. Above 2^53 not every integer is a double, and digits would promise too much.
  constexpr double kExactIntegers = 9007199254740992.0;
  const bool is_plain = std::abs(value) <= kExactIntegers && std::trunc(value) == value;
  std::array<char, 32> digits;  // the longest: "-2.2250738585072014e-308"
  char* const end = digits.data() + digits.size();
  const auto result = is_plain ? std::to_chars(digits.data(), end, value, std::chars_format::fixed)
                               : std::to_chars(digits.data(), end, value);
  out.append(digits.data(), result.ptr);
}

std::string format_double(double value) {
  std::string text;
  append_double(text, value);
  return text;
}

}  // namespace mlserve
