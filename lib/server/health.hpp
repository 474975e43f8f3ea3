#pragma once

#include <functional>
#include <string_view>
#include <vector>

#include "server/http.hpp"

namespace mlserve::server {

/// GET /livez, 200 as long as the process answers, and GET /readyz: 200, or 503 with the word that
/// `why_not_ready` gives ("" when ready). Called on several threads at once.
std::vector<Route> health_routes(std::function<std::string_view()> why_not_ready);

}  // namespace mlserve::server
