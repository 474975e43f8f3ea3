#pragma once

#include <vector>

#include "server/http.hpp"

namespace mlserve::server {

/// GET /docs and its files: a page that renders /openapi.json in the browser, without a key of its
/// own (who has none is asked for one there) and with nothing loaded from elsewhere.
///
/// It is our own (apps/web/docs.*, 20 kB) because Swagger UI and Redoc have megabytes of script,
/// and both want styles inline, which the page's Content-Security-Policy does not allow.
std::vector<Route> docs_routes();

}  // namespace mlserve::server
