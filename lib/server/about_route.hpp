#pragma once

#include "server/http.hpp"
#include "server/service.hpp"

namespace mlserve::server {

/// GET /about: what this server is, allows and takes, for clients that fit themselves to it, as the
/// page does.
Response answer_about(const Service& service, const RouteOptions& options);

}  // namespace mlserve::server
