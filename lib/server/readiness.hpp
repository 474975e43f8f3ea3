#pragma once

#include <string_view>
#include <vector>

#include "server/health.hpp"
#include "server/service.hpp"

namespace mlserve::server {

/// Why the server should get no requests: "draining", "no model"; "" when it should. A full queue
/// and a lost database leave it ready: they concern jobs only.
std::string_view why_not_ready(const Service& service);

/// Of the server, of each version of a model, of each alias, and of where the models come from.
std::vector<HealthCheck> health_checks(const Service& service);

}  // namespace mlserve::server
