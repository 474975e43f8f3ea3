#pragma once

#include <functional>
#include <string_view>
#include <vector>

#include "server/http.hpp"
#include "server/service.hpp"

namespace mlserve::server {

/// The routes of the Open Inference Protocol v2 (KServe, Triton and MLServer clients): PROTOCOLS.md
/// says what they take and answer. Errors are {"error": "…"}. Handlers keep a reference to
/// `service`. `why_not_ready` gives "" when the server is ready.
std::vector<Route> open_inference_routes(const Service& service, const RouteOptions& options,
                                         std::function<std::string_view()> why_not_ready);

}  // namespace mlserve::server
