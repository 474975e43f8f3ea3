#include "mlserve/listen_options.hpp"

#include <algorithm>
#include <charconv>
#include <cstdlib>

#include "core/error.hpp"
#include "core/text.hpp"
#include "mlserve/duration_option.hpp"
#include "mlserve/service_manager.hpp"
#include "server/listener.hpp"
#include "server/local_client.hpp"

namespace mlserve::app {
namespace {

using server::TransportOptions;

constexpr int kDefaultPort = 12345;

void add_mode_option(CLI::App& app, unsigned& mode) {
  app.add_option_function<std::string>(
         "--unix-mode",
         [&mode](const std::string& text) {
           const char* const end = text.data() + text.size();
           const auto [stop, error] = std::from_chars(text.data(), end, mode, 8);
           if (error != std::errc() || stop != end || mode > 0777) {
             throw CLI::ValidationError("--unix-mode",
                                        "\"" + shown(text) + "\" is no file mode like 0660");
           }
         },
         "Who may use the Unix socket, as chmod takes it")
      ->type_name("MODE")
      ->default_str("0660");
}

/// PORT is what platforms set; the option and MLSERVE_PORT go before it. Returns whether it is set.
bool honour_port_variable(const CLI::App& app, TransportOptions& transport) {
  const char* text = std::getenv("PORT");
  if (text == nullptr || *text == '\0' || app.get_option("--port")->count() > 0) return false;
  int port = 0;
  if (!CLI::detail::lexical_cast(text, port) || port < 0 || port > 65535) {
    throw Error(ErrorKind::invalid_argument, "PORT: \"" + shown(text) + "\" is no TCP port");
  }
  transport.port = port;
  return true;
}

/// Without TLS, what is sent can be read on its way, keys included.
void refuse_open_addresses(const TransportOptions& transport) {
  const std::string advice =
      ": other machines could reach it without TLS; give --tls-cert and "
      "--tls-key, or put a proxy with TLS before it and say --insecure";
  if (transport.tcp && !server::is_loopback(transport.host)) {
    throw Error(ErrorKind::invalid_argument, "--host " + shown(transport.host) + advice);
  }
  if (std::ranges::any_of(transport.inherited, server::is_beyond_loopback)) {
    throw Error(ErrorKind::invalid_argument, "the socket of the service manager" + advice);
  }
}

}  // namespace

void add_listen_options(CLI::App& app, ListenOptions& options, TransportOptions& transport) {
  transport.port = kDefaultPort;
  app.add_option("--port", transport.port, "TCP port; 0 for any free one (also by PORT)")
      ->check(CLI::Range(0, 65535))
      ->capture_default_str();
  app.add_option("--host", transport.host, "Address to listen on")->capture_default_str();
  app.add_option("--unix", transport.unix_path,
                 "Unix socket to listen on; without --host and --port instead of TCP")
      ->type_name("PATH");
  add_mode_option(app, transport.unix_mode);
  CLI::Option* const certificate =
      app.add_option("--tls-cert", options.tls_certificate,
                     "Certificate and those above it, PEM (read on SIGHUP)");
  CLI::Option* const key = app.add_option("--tls-key", options.tls_key, "Its key, PEM");
  for (CLI::Option* const file : {certificate, key}) file->type_name("FILE");
  certificate->needs(key);
  key->needs(certificate);
  app.add_flag("--insecure", options.insecure, "Allow an address other than loopback without TLS");
  constexpr auto kAny = std::chrono::milliseconds(0);
  add_duration_option(app, "--drain-timeout", transport.drain_timeout,
                      "How long requests that have begun may take after SIGTERM", kAny);
  add_duration_option(app, "--shutdown-delay", options.shutdown_delay,
                      "How long requests are taken after SIGTERM while /readyz says 503", kAny);
}

std::shared_ptr<server::TlsContext> settle_listening(const CLI::App& app,
                                                     const ListenOptions& options,
                                                     TransportOptions& transport) {
  transport.inherited = inherited_sockets();
  const bool port_variable = honour_port_variable(app, transport);
  const bool tcp_named = port_variable || app.get_option("--port")->count() > 0 ||
                         app.get_option("--host")->count() > 0;
  transport.tcp = tcp_named || (transport.inherited.empty() && transport.unix_path.empty());
  if (options.tls_certificate.empty()) {
    if (!options.insecure) refuse_open_addresses(transport);
    return nullptr;
  }
  auto tls = std::make_shared<server::TlsContext>(options.tls_certificate, options.tls_key);
  transport.tls = tls;
  return tls;
}

void reload_tls(server::TlsContext* tls, Log& log) {
  if (tls == nullptr) return;
  try {
    tls->reload();
    log.info("certificate read again");
  } catch (const Error& error) {
    log.error(std::string("certificate not read again, the old one goes on: ") + error.what());
  }
}

}  // namespace mlserve::app
