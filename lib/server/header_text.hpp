#pragma once

#include <string_view>

namespace mlserve::server {

// What the values of headers are made of (RFC 9110, 5.6).

constexpr bool is_blank(char c) noexcept { return c == ' ' || c == '\t'; }

/// Without blanks at both ends.
constexpr std::string_view trimmed(std::string_view text) noexcept {
  while (!text.empty() && is_blank(text.front())) text.remove_prefix(1);
  while (!text.empty() && is_blank(text.back())) text.remove_suffix(1);
  return text;
}

/// Cuts the part before `separator`, or all, from the front of `rest`.
constexpr std::string_view cut(std::string_view& rest, std::string_view separator) noexcept {
  const std::size_t at = rest.find(separator);
  const std::string_view part = rest.substr(0, at);
  rest.remove_prefix(at == std::string_view::npos ? rest.size() : at + separator.size());
  return part;
}

/// The weight `q=0.5` among the parameters behind an element of a list, `a=b; q=0.5`; 1 without
/// one.
double quality(std::string_view parameters);

}  // namespace mlserve::server
