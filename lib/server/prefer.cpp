#include "server/prefer.hpp"

#include <algorithm>
#include <string>
#include <string_view>

#include "core/number.hpp"
#include "server/ascii.hpp"

namespace mlserve::server {
namespace {

/// `token = value; parameter = value, …`, taken from the front.
class Scanner {
 public:
  explicit Scanner(std::string_view text) : text_(text) {}

  bool at_end() {
    skip_blanks();
    return text_.empty();
  }

  bool take(char c) {
    if (at_end() || text_.front() != c) return false;
    text_.remove_prefix(1);
    return true;
  }

  /// A token or a quoted string without its quotes.
  std::string word() { return take('"') ? quoted() : token(); }

  std::string token() {
    skip_blanks();
    const std::string_view found = text_.substr(0, text_.find_first_of(" \t=;,\""));
    text_.remove_prefix(found.size());
    return std::string(found);
  }

  /// Behind the next comma.
  void next_element() {
    while (!at_end() && !take(',')) {
      if (text_.front() == '"') {
        word();
      } else {
        text_.remove_prefix(1);
      }
    }
  }

 private:
  void skip_blanks() {
    while (!text_.empty() && (text_.front() == ' ' || text_.front() == '\t')) {
      text_.remove_prefix(1);
    }
  }

  std::string quoted() {
    std::string value;
    while (!text_.empty()) {
      char c = text_.front();
      text_.remove_prefix(1);
      if (c == '"') break;
      if (c == '\\' && !text_.empty()) {
        c = text_.front();
        text_.remove_prefix(1);
      }
      value += c;
    }
    return value;
  }

  std::string_view text_;
};

/// Fewer seconds than a year; a preference for more is for as long as may be.
std::optional<std::chrono::seconds> parse_seconds(const std::string& text) {
  constexpr std::int64_t kLongest = std::int64_t{365} * 86'400;
  if (text.empty() || text.find_first_not_of("0123456789") != std::string::npos) return {};
  return std::chrono::seconds(std::min(parse_integer(text).value_or(kLongest), kLongest));
}

void add_preferences(std::string_view header, Preferences& found, bool& wait_seen) {
  for (Scanner scanner(header); !scanner.at_end(); scanner.next_element()) {
    const std::string name = scanner.token();
    const std::string value = scanner.take('=') ? scanner.word() : "";
    if (equals_ignoring_case(name, "respond-async") && value.empty()) {
      found.respond_async = true;
    } else if (equals_ignoring_case(name, "wait") && !wait_seen) {
      wait_seen = true;
      found.wait = parse_seconds(value);
    }
  }
}

}  // namespace

Preferences preferences_of(const Request& request) {
  Preferences found;
  bool wait_seen = false;
  for (const auto& [name, value] : request.headers) {
    if (equals_ignoring_case(name, "Prefer")) add_preferences(value, found, wait_seen);
  }
  return found;
}

}  // namespace mlserve::server
