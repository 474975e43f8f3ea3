#pragma once

#include <string_view>

#include "server/http.hpp"

namespace mlserve::server {

/// Whether the client says by If-None-Match that it has what bears this ETag (with its quotes):
/// then 304 answers.
inline bool has_current(const Request& request, std::string_view etag) {
  const std::string_view known = request.header("If-None-Match");
  return known == "*" || known.find(etag) != std::string_view::npos;
}

}  // namespace mlserve::server
