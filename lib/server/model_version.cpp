#include "server/model_version.hpp"

#include <algorithm>

#include "core/text.hpp"

namespace mlserve::server {
namespace {

bool is_number(std::string_view text) {
  return !text.empty() && std::ranges::all_of(text, is_digit);
}

}  // namespace

std::string_view normal_version(std::string_view text) {
  if (!is_number(text)) return text;
  return text.substr(std::min(text.find_first_not_of('0'), text.size() - 1));
}

bool is_newer(std::string_view a, std::string_view b) {
  const bool number = is_number(a);
  if (number != is_number(b)) return number;
  if (number && a.size() != b.size()) return a.size() > b.size();
  return a > b;
}

}  // namespace mlserve::server
