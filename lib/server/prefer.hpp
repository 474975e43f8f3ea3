#pragma once

#include <chrono>
#include <optional>

#include "server/http.hpp"

namespace mlserve::server {

/// What a client would like, by its Prefer headers (RFC 7240). Others than these, and values that
/// make no sense, are passed over, as the RFC wants it.
struct Preferences {
  bool respond_async = false;                ///< rather 202 now than 200 later
  std::optional<std::chrono::seconds> wait;  ///< so long the client can wait
};

/// Of all Prefer headers of the request; the first of equal preferences counts.
Preferences preferences_of(const Request& request);

}  // namespace mlserve::server
