#include <arpa/inet.h>
#include <chrono>
#include <csignal>
#include <cstdint>
#include <cstdlib>
#include <memory>
#include <pthread.h>
#include <string>
#include <sys/resource.h>
#include <thread>
#include <unistd.h>

#include "core/error.hpp"
#include "core/text.hpp"
#include "mlserve/command.hpp"
#include "mlserve/exit_codes.hpp"
#include "server/problem.hpp"
#include "server/routes.hpp"
#include "server/transport.hpp"

namespace mlserve::app {
namespace {

constexpr const char* kExamples = R"(Examples:
  mlserve serve
  mlserve serve -m churn.json --port 8080 --name churn
  curl http://127.0.0.1:12345/predict -H 'Content-Type: application/json' -d '[{"Age": 24, "Sex": "female"}]'

SIGHUP reads the model file again; a bad file leaves the old model serving. SIGTERM and Ctrl-C
answer what has begun, then exit 0. A second Ctrl-C exits at once.)";

constexpr int kDefaultPort = 12345;

struct ServeCommand {
  server::TransportOptions transport;
  server::RouteOptions routes;
  std::string model;
  std::string name;
  bool insecure = false;
  double request_timeout = 60;
};

void add_options(CLI::App& app, ServeCommand& command) {
  command.transport.port = kDefaultPort;
  app.add_option("--port", command.transport.port, "TCP port; 0 for any free one (also by PORT)")
      ->check(CLI::Range(0, 65535))
      ->capture_default_str();
  app.add_option("--host", command.transport.host, "Address to listen on")->capture_default_str();
  add_model_option(app, command.model);
  app.add_option("--name", command.name, "Name of the model in routes (default: the file's stem)");
  app.add_option("--threads", command.transport.workers,
                 "Threads that answer requests; 0 for one a core")
      ->check(CLI::Range(0, 1024))
      ->capture_default_str();
  app.add_option("--max-body-bytes", command.routes.max_body_bytes,
                 "Largest body to predict; 413 above")
      ->check(CLI::Range(std::size_t{1}, std::size_t{1} << 32U))
      ->capture_default_str();
  app.add_option("--max-connections", command.transport.max_connections, "Further ones get 503")
      ->check(CLI::Range(std::size_t{1}, std::size_t{1'000'000}))
      ->capture_default_str();
  app.add_option("--request-timeout", command.request_timeout,
                 "Seconds for a request from its first byte on")
      ->check(CLI::Range(0.1, 86400.0))
      ->capture_default_str();
  app.add_flag("--insecure", command.insecure, "Allow an address other than loopback without TLS");
}

bool is_loopback(const std::string& host) {
  in_addr address{};  // a name like 127.example.org is none
  const bool ipv4 = inet_pton(AF_INET, host.c_str(), &address) == 1;
  return host == "localhost" || host == "::1" || (ipv4 && host.starts_with("127."));
}

/// PORT is what platforms set; the option and MLSERVE_PORT go before it.
void honour_port_variable(const CLI::App& app, ServeCommand& command) {
  const char* text = std::getenv("PORT");
  if (text == nullptr || *text == '\0' || app.get_option("--port")->count() > 0) return;
  int port = 0;
  if (!CLI::detail::lexical_cast(text, port) || port < 0 || port > 65535) {
    throw Error(ErrorKind::invalid_argument, "PORT: \"" + shown(text) + "\" is no TCP port");
  }
  command.transport.port = port;
}

/// A server with 1,000 clients needs more files than the usual soft limit allows.
void raise_file_limit() {
  rlimit limit{};
  if (getrlimit(RLIMIT_NOFILE, &limit) != 0) return;
  limit.rlim_cur = limit.rlim_max;
  setrlimit(RLIMIT_NOFILE, &limit);
}

/// The signals that mean something to a server, taken one at a time by `wait` instead of
/// interrupting any thread. Made before other threads, which inherit the mask.
class Signals {
 public:
  Signals() {
    sigemptyset(&set_);
    for (const int signal : {SIGINT, SIGTERM, SIGHUP}) sigaddset(&set_, signal);
    pthread_sigmask(SIG_BLOCK, &set_, nullptr);
  }

  int wait() const {
    int signal = 0;
    while (sigwait(&set_, &signal) != 0) {
    }
    return signal;
  }

  /// The next SIGINT or SIGTERM ends the process at once.
  void restore() const { pthread_sigmask(SIG_UNBLOCK, &set_, nullptr); }

 private:
  sigset_t set_{};
};

std::string address(const server::TransportOptions& options, int port) {
  const bool ipv6 = options.host.find(':') != std::string::npos;
  return "http://" + (ipv6 ? "[" + options.host + "]" : options.host) + ":" + std::to_string(port);
}

int run(const CLI::App& app, ServeCommand& command, Context& context) {
  honour_port_variable(app, command);
  if (!is_loopback(command.transport.host) && !command.insecure) {
    throw Error(ErrorKind::invalid_argument,
                "--host " + shown(command.transport.host) +
                    ": other machines could reach it without TLS; "
                    "put a proxy with TLS before it and say --insecure");
  }
  command.transport.request_timeout =
      std::chrono::milliseconds(static_cast<std::int64_t>(command.request_timeout * 1000));
  raise_file_limit();
  const Signals signals;
  server::Service service;
  service.models.load(command.model, command.name);
  server::Transport transport(
      command.transport, server::make_routes(service, command.routes),
      [](int status, const std::string& detail) { return server::problem(status, "", detail); });
  context.log.info("serving model '" + service.models.all().front()->name() + "' on " +
                   address(command.transport, transport.port()));
  std::thread serving([&] {
    transport.run();
    // Should it ever end by itself, the wait for a signal ends too.
    if (!service.draining) kill(getpid(), SIGTERM);
  });
  while (signals.wait() == SIGHUP) service.models.reload(context.log);
  context.log.info("stopping; requests that have begun are answered");
  service.draining = true;
  transport.stop();
  signals.restore();
  serving.join();
  return kDone;
}

}  // namespace

Command add_serve(CLI::App& app) {
  auto command = std::make_shared<ServeCommand>();
  CLI::App* sub = app.add_subcommand("serve", "Answer POST /predict over HTTP");
  sub->footer(kExamples);
  add_options(*sub, *command);
  return {sub, [sub, command](Context& context) { return run(*sub, *command, context); }};
}

}  // namespace mlserve::app
