#include "server/http.hpp"

#include <algorithm>

#include "server/ascii.hpp"

namespace mlserve::server {
namespace {

using Pairs = std::vector<std::pair<std::string, std::string>>;

auto find_name(const Pairs& pairs, std::string_view name) {
  return std::ranges::find_if(pairs, [&](const auto& pair) { return pair.first == name; });
}

std::string_view value_of(const Pairs& pairs, std::string_view name) {
  const auto found = find_name(pairs, name);
  return found == pairs.end() ? std::string_view() : std::string_view(found->second);
}

}  // namespace

std::string_view Request::header(std::string_view name) const {
  for (const auto& [key, value] : headers) {
    if (equals_ignoring_case(key, name)) return value;
  }
  return {};
}

std::string_view Request::query_value(std::string_view name) const { return value_of(query, name); }

std::string_view Request::path_value(std::string_view name) const {
  return value_of(path_parameters, name);
}

bool Request::has_query(std::string_view name) const {
  return find_name(query, name) != query.end();
}

std::size_t Request::memory_bytes() const noexcept {
  std::size_t bytes = sizeof *this + method.size() + path.size() + body.capacity();
  for (const Pairs* pairs : {&query, &headers, &path_parameters}) {
    for (const auto& [name, value] : *pairs)
      bytes += 2 * sizeof(std::string) + name.size() + value.size();
  }
  return bytes;
}

}  // namespace mlserve::server
