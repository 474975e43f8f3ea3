#pragma once

#include <CLI/CLI.hpp>

#include "server/request_limits.hpp"
#include "server/service.hpp"
#include "server/transport.hpp"

namespace mlserve::app {

/// Where the limits of a server go; borrowed.
struct LimitOptions {
  server::TransportOptions& transport;
  server::RouteOptions& routes;
  server::RequestLimitOptions& requests;
};

/// What clients may take of a server: sizes, numbers, rates and times, and gzip.
void add_limit_options(CLI::App& app, const LimitOptions& options);

}  // namespace mlserve::app
