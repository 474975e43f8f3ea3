#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "server/http.hpp"

namespace mlserve::server {

/// The pairs of "a=1&b=x+y&c", decoded, in order; a name without "=" has the value "". Broken
/// percent signs stand for themselves.
std::vector<std::pair<std::string, std::string>> parse_query(std::string_view text);

/// Whether the query sets the flag `name`: "", "true" and "1" do; `otherwise` without it. Throws
/// Error(invalid_argument) for what is neither true nor false.
bool query_flag(const Request& request, std::string_view name, bool otherwise = false);

/// The whole number `name` of the query, none without it. Throws Error(invalid_argument) for what
/// is none from `least` to `most`.
std::optional<std::int64_t> query_number(const Request& request, std::string_view name,
                                         std::int64_t least, std::int64_t most);

}  // namespace mlserve::server
