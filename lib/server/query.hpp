#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace mlserve::server {

/// The pairs of "a=1&b=x+y&c", decoded, in order; a name without "=" has the value "". Broken
/// percent signs stand for themselves.
std::vector<std::pair<std::string, std::string>> parse_query(std::string_view text);

}  // namespace mlserve::server
