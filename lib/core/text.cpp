#include "core/text.hpp"

#include <algorithm>
#include <cstdint>
#include <cstring>
#include <optional>
#include <utility>

namespace mlserve {
namespace {

using Byte = unsigned char;

bool is_control(char c) { return static_cast<Byte>(c) < 0x20 || c == 0x7F; }

void append_hex(std::string& out, std::string_view prefix, char c) {
  constexpr std::string_view kDigits = "0123456789abcdef";
  out += prefix;
  out += kDigits[static_cast<Byte>(c) >> 4U];
  out += kDigits[static_cast<Byte>(c) & 15U];
}

/// The letter that C and JSON both write after a backslash for `c`, or 0.
char short_escape(char c) {
  switch (c) {
    case '\b':
      return 'b';
    case '\t':
      return 't';
    case '\n':
      return 'n';
    case '\f':
      return 'f';
    case '\r':
      return 'r';
    default:
      return 0;
  }
}

void append_json_escape(std::string& out, char c) {
  if (c == '"' || c == '\\') {
    out += {'\\', c};
  } else if (const char letter = short_escape(c)) {
    out += {'\\', letter};
  } else {
    append_hex(out, "\\u00", c);
  }
}

/// What may follow a lead byte: the number of bytes of the whole sequence (0: no lead byte) and
/// the range of its second byte, which keeps out overlong forms, surrogates and what lies above
/// U+10FFFF. The table of RFC 3629, section 4.
struct Lead {
  std::size_t length;
  Byte second_least = 0x80;
  Byte second_most = 0xBF;
};

Lead classify(Byte lead) {
  if (lead < 0x80) return {1};
  if (lead < 0xC2) return {0};
  if (lead < 0xE0) return {2};
  if (lead == 0xE0) return {3, 0xA0, 0xBF};
  if (lead == 0xED) return {3, 0x80, 0x9F};
  if (lead < 0xF0) return {3};
  if (lead == 0xF0) return {4, 0x90, 0xBF};
  if (lead < 0xF4) return {4};
  if (lead == 0xF4) return {4, 0x80, 0x8F};
  return {0};
}

/// Length of the UTF-8 sequence at the start of `text`, which is not empty; 0 if it is not valid.
std::size_t sequence_length(std::string_view text) {
  const Lead lead = classify(static_cast<Byte>(text[0]));
  if (lead.length <= 1) return lead.length;
  if (text.size() < lead.length) return 0;
  const auto second = static_cast<Byte>(text[1]);
  if (second < lead.second_least || second > lead.second_most) return 0;
  for (std::size_t i = 2; i < lead.length; ++i) {
    if ((static_cast<Byte>(text[i]) & 0xC0U) != 0x80) return 0;
  }
  return lead.length;
}

/// Number of bytes at the start of `text`, in steps of 8, that are ASCII.
std::size_t ascii_words(std::string_view text) {
  constexpr std::uint64_t kHighBits = 0x8080808080808080;
  std::uint64_t word = 0;
  std::size_t done = 0;
  for (; text.size() - done >= sizeof word; done += sizeof word) {
    std::memcpy(&word, text.data() + done, sizeof word);
    if ((word & kHighBits) != 0) break;
  }
  return done;
}

/// The first character of `text` as `shown` writes it, and how many bytes it takes in `text`.
std::pair<std::string, std::size_t> shown_character(std::string_view text) {
  std::string out;
  const std::size_t length = sequence_length(text);
  if (const char letter = short_escape(text[0])) {
    out = {'\\', letter};
  } else if (length == 0 || is_control(text[0])) {
    append_hex(out, "\\x", text[0]);
  } else {
    out = text.substr(0, length);
  }
  return {out, std::max<std::size_t>(length, 1)};
}

bool same_letter(char a, char b) { return ascii_lower(a) == ascii_lower(b); }

/// Edits that make `a` into `b`, each place changed once ("optimal string alignment").
///
/// A table has at [i][j] the edits for the first i letters of `a` and the first j of `b`: the best
/// of leaving one out, putting one in, replacing, or swapping the last two. Three rows of it do.
std::size_t edit_distance(std::string_view a, std::string_view b) {
  std::vector<std::size_t> before(b.size() + 1);
  std::vector<std::size_t> above(b.size() + 1);
  std::vector<std::size_t> row(b.size() + 1);
  for (std::size_t j = 0; j <= b.size(); ++j) row[j] = j;
  for (std::size_t i = 1; i <= a.size(); ++i) {
    std::swap(before, above);
    std::swap(above, row);
    row[0] = i;
    for (std::size_t j = 1; j <= b.size(); ++j) {
      const std::size_t replaced = above[j - 1] + (same_letter(a[i - 1], b[j - 1]) ? 0 : 1);
      row[j] = std::min({above[j] + 1, row[j - 1] + 1, replaced});
      const bool swapped =
          i > 1 && j > 1 && same_letter(a[i - 1], b[j - 2]) && same_letter(a[i - 2], b[j - 1]);
      if (swapped) row[j] = std::min(row[j], before[j - 2] + 1);
    }
  }
  return row[b.size()];
}

/// Takes "a ""b"", c" with its quotes from the begin of `text`; none, and nothing is taken, when
/// something else than a comma follows them.
std::optional<std::string> take_quoted(std::string_view& text) {
  std::string part;
  for (std::size_t i = 1; i < text.size(); ++i) {
    if (text[i] != '"') {
      part += text[i];
    } else if (text.substr(i + 1).starts_with('"')) {
      part += text[i++];
    } else {
      const std::size_t next = std::min(text.find_first_not_of(' ', i + 1), text.size());
      if (next < text.size() && text[next] != ',') return std::nullopt;
      text.remove_prefix(next);
      return part;
    }
  }
  return std::nullopt;
}

/// Takes all up to the next comma, without the spaces around it.
std::string take_plain(std::string_view& text) {
  const std::size_t comma = std::min(text.find(','), text.size());
  const std::string_view part = text.substr(0, comma);
  text.remove_prefix(comma);
  return std::string(part.substr(0, part.find_last_not_of(' ') + 1));
}

}  // namespace

void append_json_string(std::string& out, std::string_view text) {
  out += '"';
  std::size_t copied = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (static_cast<Byte>(c) >= 0x20 && c != '"' && c != '\\') continue;
    out.append(text, copied, i - copied);
    append_json_escape(out, c);
    copied = i + 1;
  }
  out.append(text, copied);
  out += '"';
}

std::string json_string(std::string_view text) {
  std::string out;
  append_json_string(out, text);
  return out;
}

std::string shown(std::string_view text, std::size_t max_bytes) {
  std::string out;
  while (!text.empty()) {
    const auto [character, length] = shown_character(text);
    if (out.size() + character.size() > max_bytes) return out + "…";
    out += character;
    text.remove_prefix(length);
  }
  return out;
}

std::string join(std::span<const std::string> parts, std::string_view separator) {
  std::string out;
  for (std::size_t i = 0; i < parts.size(); ++i) {
    if (i > 0) out += separator;
    out += parts[i];
  }
  return out;
}

std::vector<std::string> split_list(std::string_view text) {
  std::vector<std::string> parts;
  while (!text.empty()) {
    text.remove_prefix(std::min(text.find_first_not_of(' '), text.size()));
    std::optional<std::string> quoted;
    if (text.starts_with('"')) quoted = take_quoted(text);
    parts.push_back(quoted ? *std::move(quoted) : take_plain(text));
    if (text == ",") parts.emplace_back();
    text.remove_prefix(std::min<std::size_t>(1, text.size()));
  }
  return parts;
}

std::string ascii_lower(std::string_view text) {
  std::string lower(text);
  for (char& c : lower) c = ascii_lower(c);
  return lower;
}

std::string ascii_upper(std::string_view text) {
  std::string upper(text);
  for (char& c : upper) c = c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
  return upper;
}

std::optional<std::string> nearest_name(std::string_view name, std::span<const std::string> names) {
  const std::string* nearest = nullptr;
  std::size_t fewest = 0;
  for (const std::string& candidate : names) {
    const std::size_t shorter = std::min(name.size(), candidate.size());
    const std::size_t longer = std::max(name.size(), candidate.size());
    const std::size_t allowed = longer / 3;
    // Also keeps a name of a megabyte, which a request may hold, away from the quadratic part.
    if (longer - shorter > allowed) continue;
    const std::size_t edits = edit_distance(name, candidate);
    if (edits > allowed || (nearest != nullptr && edits >= fewest)) continue;
    nearest = &candidate;
    fewest = edits;
  }
  if (nearest == nullptr) return std::nullopt;
  return *nearest;
}

std::size_t find_invalid_utf8(std::string_view text) {
  for (std::size_t i = 0;;) {
    i += ascii_words(text.substr(i));
    if (i == text.size()) return std::string_view::npos;
    const std::size_t length = sequence_length(text.substr(i));
    if (length == 0) return i;
    i += length;
  }
}

}  // namespace mlserve
