#pragma once

#include <set>
#include <string>
#include <string_view>

#include "server/openapi_template.hpp"

namespace mlserve::server {

/// Makes names that OpenAPI allows as keys of components and as operation ids, no two the same.
class ComponentNames {
 public:
  /// `wanted` with '_' for what is no letter, digit, '.', '_' or '-', and a number behind it if it
  /// was given before.
  std::string claim(std::string_view wanted);

 private:
  std::set<std::string, std::less<>> claimed_;
};

/// Removes the components that no operation uses, directly or not, and the tags without operations.
void keep_used_components(OrderedJson& document);

}  // namespace mlserve::server
