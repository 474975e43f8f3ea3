#include "server/query.hpp"

#include <algorithm>
#include <charconv>

#include "core/error.hpp"
#include "core/number.hpp"
#include "core/text.hpp"

namespace mlserve::server {
namespace {

std::string decoded(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  for (std::size_t i = 0; i < text.size(); ++i) {
    unsigned char byte = 0;
    const char* const digits = text.data() + i + 1;
    if (text[i] == '+') {
      out += ' ';
    } else if (text[i] == '%' && i + 2 < text.size() &&
               std::from_chars(digits, digits + 2, byte, 16).ptr == digits + 2) {
      out += static_cast<char>(byte);
      i += 2;
    } else {
      out += text[i];
    }
  }
  return out;
}

}  // namespace

std::vector<std::pair<std::string, std::string>> parse_query(std::string_view text) {
  std::vector<std::pair<std::string, std::string>> pairs;
  while (!text.empty()) {
    const std::string_view pair = text.substr(0, text.find('&'));
    text.remove_prefix(std::min(pair.size() + 1, text.size()));
    if (pair.empty()) continue;
    const std::size_t equals = pair.find('=');
    const bool bare = equals == std::string_view::npos;
    pairs.emplace_back(decoded(pair.substr(0, equals)),
                       bare ? std::string() : decoded(pair.substr(equals + 1)));
  }
  return pairs;
}

bool query_flag(const Request& request, std::string_view name, bool otherwise) {
  if (!request.has_query(name)) return otherwise;
  const std::string_view value = request.query_value(name);
  if (value.empty() || value == "true" || value == "1") return true;
  if (value == "false" || value == "0") return false;
  throw Error(ErrorKind::invalid_argument,
              "?" + std::string(name) + "=" + shown(value) + " is neither true nor false");
}

std::optional<std::int64_t> query_number(const Request& request, std::string_view name,
                                         std::int64_t least, std::int64_t most) {
  if (!request.has_query(name)) return std::nullopt;
  const std::string_view value = request.query_value(name);
  const auto number = parse_integer(value);
  if (number && *number >= least && *number <= most) return number;
  throw Error(ErrorKind::invalid_argument, "?" + std::string(name) + "=" + shown(value) +
                                               " is no number from " + std::to_string(least) +
                                               " to " + std::to_string(most));
}

}  // namespace mlserve::server
