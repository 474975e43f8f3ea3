#pragma once

#include <cstddef>
#include <optional>

#include "server/hooks.hpp"
#include "server/http.hpp"
#include "server/in_flight.hpp"
#include "server/rate_limiter.hpp"

namespace mlserve::server {

struct RequestLimitOptions {
  /// Of all clients together. Each may have a body of TransportOptions::collect_bytes in memory.
  std::size_t max_in_flight = 2000;
  std::optional<RateLimit> rate;  ///< of each client; none: as it likes
};

/// How many requests there may be at a time, and from one client in a time. Probes, the routes of
/// Scope::none, are not counted: a server with much to do is alive. All calls may run at once.
class RequestLimits {
 public:
  explicit RequestLimits(const RequestLimitOptions& options);

  /// Lets a request in, after its key was checked: a client is known by the name of its key, and
  /// without one by its address (see client_network). Throws Refusal: 429 for a client that asks
  /// too often, with Retry-After, RateLimit-Policy and RateLimit; 503 with Retry-After when too
  /// many requests are in flight.
  Admission admit(const Request& request, const Route& route);

  /// Requests that are being worked on.
  std::size_t in_flight() const noexcept { return in_flight_.count(); }

 private:
  void check_rate(const Request& request);

  std::optional<RateLimiter> rate_;
  InFlight in_flight_;
};

}  // namespace mlserve::server
