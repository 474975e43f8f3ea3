#include "exporters/c_literals.hpp"

#include <cmath>

#include "core/error.hpp"
#include "core/number.hpp"
#include "core/text.hpp"

namespace mlserve::exporters {
namespace {

/// What C99 compilers have to take; with -pedantic they complain about more.
constexpr std::size_t kMaxLiteralBytes = 4095;

bool is_plain(char c) { return is_alphanumeric(c) || c == '_' || c == ' ' || c == '.' || c == '-'; }

}  // namespace

// Octal escapes have three digits, so that no digit that follows is taken into them; "?" is escaped
// because of trigraphs.
std::string c_string(std::string_view text) {
  if (text.size() > kMaxLiteralBytes) {
    throw Error(
        ErrorKind::invalid_argument,
        "a C file cannot hold a text of " + std::to_string(text.size()) + " bytes: " + shown(text));
  }
  std::string literal = "\"";
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (c == '"' || c == '\\' || c == '?') {
      literal += '\\';
      literal += c;
    } else if (byte >= 0x20 && byte < 0x7F) {
      literal += c;
    } else {
      literal += '\\';
      for (const int shift : {6, 3, 0}) literal += static_cast<char>('0' + ((byte >> shift) & 7));
    }
  }
  return literal + '"';
}

std::string c_comment(std::string_view text) {
  std::string safe;
  for (const char c : text.substr(0, 60)) safe += is_plain(c) ? c : '_';
  return safe;
}

std::string c_double(double value) {
  if (std::isnan(value)) return "NAN";
  if (std::isinf(value)) return value > 0 ? "HUGE_VAL" : "(-HUGE_VAL)";
  std::string literal = format_double(value);
  if (literal.find_first_of(".e") == std::string::npos) literal += ".0";
  return value < 0 ? "(" + literal + ")" : literal;
}

}  // namespace mlserve::exporters
