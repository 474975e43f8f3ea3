#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "server/http.hpp"

namespace mlserve::server {

/// One thing that people look at when they ask how a server is.
struct HealthCheck {
  std::string name;
  bool ok = true;
  std::string detail;
  bool required = false;  ///< not ready without it; what is not is told alone
};

/// GET /livez, 200 as long as the process answers, and GET /readyz: 200, or 503 with the word that
/// `why_not_ready` gives ("" when ready).
///
/// `/readyz?verbose` lists `checks`, too, for programs on this machine and for clients with an API
/// key: paths and reasons are nobody else's. Both functions are called on several threads at once,
/// and must not wait.
std::vector<Route> health_routes(std::function<std::string_view()> why_not_ready,
                                 std::function<std::vector<HealthCheck>()> checks = {});

}  // namespace mlserve::server
