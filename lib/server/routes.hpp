#pragma once

#include <vector>

#include "server/http.hpp"
#include "server/service.hpp"

namespace mlserve::server {

/// The table of all routes, with `others`, which the OpenAPI document describes as well; those of
/// jobs and training are there when `service` has jobs. Handlers keep a reference to `service`.
std::vector<Route> make_routes(Service& service, const RouteOptions& options,
                               std::vector<Route> others = {});

}  // namespace mlserve::server
