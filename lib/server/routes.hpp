#pragma once

#include <atomic>
#include <cstddef>
#include <vector>

#include "server/http.hpp"
#include "server/served_model.hpp"

namespace mlserve::server {

/// What the handlers answer from; outlives them.
struct Service {
  ModelRegistry models;
  std::atomic<bool> draining = false;  ///< set before the transport stops: /readyz answers 503
};

struct RouteOptions {
  std::size_t max_body_bytes = std::size_t{32} << 20;  ///< of a body to predict; 413 above
};

/// The table of all routes. Handlers keep a reference to `service`.
std::vector<Route> make_routes(const Service& service, const RouteOptions& options);

}  // namespace mlserve::server
