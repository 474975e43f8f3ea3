#pragma once

#include <vector>

#include "server/http.hpp"
#include "server/service.hpp"

namespace mlserve::server {

/// MLflow 2's scoring server, which is SageMaker's contract, too: GET /ping and /health (200, or
/// 404 when no model answers by default), GET /version and POST /invocations, as PROTOCOLS.md has
/// them. Handlers keep a reference to `service`.
std::vector<Route> invocations_routes(const Service& service, const RouteOptions& options);

}  // namespace mlserve::server
