#pragma once

#include <chrono>
#include <memory>
#include <string>

#include <CLI/CLI.hpp>

#include "core/log.hpp"
#include "server/tls_context.hpp"
#include "server/transport.hpp"

namespace mlserve::app {

/// Where a server listens, beside what TransportOptions has of it, and how it leaves.
struct ListenOptions {
  std::string tls_certificate;  ///< PEM files; empty: no TLS
  std::string tls_key;
  bool insecure = false;  ///< other machines may reach it without TLS
  /// How long requests are still taken when the probe says already that they should not come: for
  /// load balancers that look at it now and then.
  std::chrono::milliseconds shutdown_delay{0};
};

void add_listen_options(CLI::App& app, ListenOptions& options, server::TransportOptions& transport);

/// Completes `transport` with what the environment says (PORT, the sockets of a service manager)
/// and with TLS, which is returned for reloads; null without. Throws Error(invalid_argument) when
/// other machines could reach the server without TLS and nobody has allowed that; for the files as
/// TlsContext.
std::shared_ptr<server::TlsContext> settle_listening(const CLI::App& app,
                                                     const ListenOptions& options,
                                                     server::TransportOptions& transport);

/// Reads the files of TLS again, if there is one; the log says what came of it.
void reload_tls(server::TlsContext* tls, Log& log);

}  // namespace mlserve::app
