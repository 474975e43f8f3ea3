#include "server/header_text.hpp"

#include "core/number.hpp"
#include "server/ascii.hpp"

namespace mlserve::server {

double quality(std::string_view parameters) {
  while (!parameters.empty()) {
    std::string_view value = trimmed(cut(parameters, ";"));
    if (!equals_ignoring_case(cut(value, "="), "q")) continue;
    return parse_double(value).value_or(1);
  }
  return 1;
}

}  // namespace mlserve::server
