#pragma once

#include <vector>

#include "server/http.hpp"

namespace mlserve::server {

/// GET /, the page for people, and GET /docs, which renders /openapi.json, with their files under
/// /web/: what apps/web/ has, without a key of its own (who has none is asked for one there) and
/// with nothing loaded from elsewhere.
///
/// Both are our own, because frameworks, Swagger UI and Redoc have megabytes of script, and want
/// styles inline, which the pages' Content-Security-Policy does not allow.
std::vector<Route> web_routes();

}  // namespace mlserve::server
