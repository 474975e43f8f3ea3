#pragma once

#include <vector>

#include "server/http.hpp"
#include "server/service.hpp"

namespace mlserve::server {

/// GET /openapi.json, which describes `others` and itself, with the models that there are when it
/// is asked; and the page that shows it. Keeps a reference to `service`.
std::vector<Route> openapi_routes(const Service& service, const RouteOptions& options,
                                  const std::vector<Route>& others);

}  // namespace mlserve::server
