#pragma once

#include <CLI/CLI.hpp>

#include "server/service.hpp"

namespace mlserve::app {

/// Options of the protocols that other people's clients speak.
void add_protocol_options(CLI::App& app, server::RouteOptions& options);

}  // namespace mlserve::app
