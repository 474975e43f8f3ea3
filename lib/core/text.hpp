#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace mlserve {

/// Appends `text` as a JSON string literal with its quotes. Bytes above 0x7F pass as they are;
/// the caller knows that `text` is UTF-8.
void append_json_string(std::string& out, std::string_view text);
std::string json_string(std::string_view text);

/// `text` made fit for a one-line message: control characters and bytes that are not UTF-8 are
/// escaped ("\n", "\x1b"); what exceeds `max_bytes` is replaced by "…".
std::string shown(std::string_view text, std::size_t max_bytes = 60);

/// "A, B, C".
std::string join(std::span<const std::string> parts, std::string_view separator = ", ");

/// Lower case of ASCII letters, whatever the locale; other bytes as they are.
constexpr char ascii_lower(char c) noexcept {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}
std::string ascii_lower(std::string_view text);

/// Upper case of ASCII letters; other bytes as they are.
std::string ascii_upper(std::string_view text);

/// Whether `c` is one of 0 to 9.
constexpr bool is_digit(char c) noexcept { return c >= '0' && c <= '9'; }

/// Whether `c` is one of a to z, A to Z and 0 to 9, whatever the locale.
constexpr bool is_alphanumeric(char c) noexcept {
  const char lower = ascii_lower(c);
  return is_digit(c) || (lower >= 'a' && lower <= 'z');
}

/// The parts of "A,B,C", spaces around each left out; empty text has no parts, "A," has two.
std::vector<std::string> split_list(std::string_view text);

/// The one of `names` that `name` was probably meant to be: fewest edits (insert, delete, replace,
/// swap two neighbours; case-insensitive in ASCII), at most a third of the longer one's length; the
/// first of equally near ones; none if nothing is near.
std::optional<std::string> nearest_name(std::string_view name, std::span<const std::string> names);

/// Offset of the first byte that is not valid UTF-8 (RFC 3629), or npos.
std::size_t find_invalid_utf8(std::string_view text);

}  // namespace mlserve
