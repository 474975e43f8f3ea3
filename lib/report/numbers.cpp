#include "report/numbers.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <string_view>

namespace mlserve::report {
namespace {

constexpr double kLargestPlain = 1e6;
constexpr double kSmallestPlain = 1e-4;

/// std::to_chars with a fixed number of decimals; the largest double has 309 digits.
std::string plain(double value, std::chars_format format, int decimals) {
  std::array<char, 400> text;
  const auto result =
      std::to_chars(text.data(), text.data() + text.size(), value, format, decimals);
  return {text.data(), result.ptr};
}

/// "-1234.5" to "−1,234.5".
std::string dressed(std::string number) {
  const bool is_negative = number.starts_with('-');
  if (is_negative) number.erase(0, 1);
  const std::size_t whole = std::min(number.find_first_of(".e"), number.size());
  for (std::size_t place = whole; place > 3; place -= 3) number.insert(place - 3, 1, ',');
  const bool is_zero = number.find_first_of("123456789") == std::string::npos;
  return is_negative && !is_zero ? "−" + number : number;
}

/// "1.2300e+07" to "1.23e7".
std::string scientific(double value, int digits) {
  const std::string text = plain(value, std::chars_format::scientific, digits - 1);
  const std::size_t e = text.find('e');
  std::string mantissa = text.substr(0, e);
  if (mantissa.find('.') != std::string::npos) {
    mantissa.erase(mantissa.find_last_not_of('0') + 1);
    if (mantissa.ends_with('.')) mantissa.pop_back();
  }
  const int exponent = std::stoi(text.substr(e + 1));
  return dressed(mantissa) + "e" + (exponent < 0 ? "−" : "") + std::to_string(std::abs(exponent));
}

std::string not_finite(double value) {
  if (std::isnan(value)) return "NA";
  return value < 0 ? "−∞" : "∞";
}

}  // namespace

std::string number_text(double value, int digits) {
  if (!std::isfinite(value)) return not_finite(value);
  const double size = std::abs(value);
  if (size == std::trunc(size) && size < kLargestPlain) return fixed_text(value, 0);
  if (size >= kLargestPlain || size < kSmallestPlain) return scientific(value, digits);
  const int whole_digits = static_cast<int>(std::floor(std::log10(size))) + 1;
  return fixed_text(value, std::max(digits - whole_digits, 0));
}

std::string fixed_text(double value, int decimals) {
  if (!std::isfinite(value)) return not_finite(value);
  return dressed(plain(value, std::chars_format::fixed, decimals));
}

std::string count_text(double count) {
  return fixed_text(count, count == std::trunc(count) ? 0 : 1);
}

std::string percent_text(double share) {
  const double percent = 100 * share;
  const bool is_small = percent != 0 && percent < 1;
  return fixed_text(percent, is_small ? 1 : 0) + " %";
}

std::string p_text(double p) { return p < 0.001 ? "< 0.001" : fixed_text(p, 3); }

std::string coordinate(double value) {
  std::string text = plain(value, std::chars_format::fixed, 2);
  text.erase(text.find_last_not_of('0') + 1);
  if (text.ends_with('.')) text.pop_back();
  return text == "-0" ? "0" : text;
}

}  // namespace mlserve::report
