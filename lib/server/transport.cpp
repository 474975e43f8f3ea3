#include "server/transport.hpp"

#include <cerrno>
#include <cstdint>
#include <sys/eventfd.h>
#include <unistd.h>
#include <utility>

#include "core/error.hpp"
#include "server/connection.hpp"
#include "server/httplib_server.hpp"
#include "server/listener.hpp"
#include "server/reactor.hpp"
#include "server/router.hpp"
#include "server/tls_context.hpp"

namespace mlserve::server {
namespace {

/// A flag that `poll` can wait for.
class StopEvent {
 public:
  StopEvent() : event_(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)) {
    if (event_ < 0) throw system_error(ErrorKind::internal, "cannot make an event", errno);
  }
  ~StopEvent() { ::close(event_); }

  StopEvent(const StopEvent&) = delete;
  StopEvent& operator=(const StopEvent&) = delete;

  int descriptor() const noexcept { return event_; }

  void set() const noexcept {
    const std::uint64_t one = 1;
    [[maybe_unused]] const ssize_t written = ::write(event_, &one, sizeof one);
  }

 private:
  int event_;
};

}  // namespace

class Transport::Impl {
 public:
  Impl(TransportOptions options, std::vector<Route> routes, TransportHooks hooks)
      : options_(std::move(options)),
        router_(std::move(routes)),
        listeners_(listen()),
        context_{options_, router_,
                 [this](const RequestHead& head, Request& request) {
                   return httplib_.parse_target(head, request);
                 },
                 std::move(hooks), std::make_shared<Poller>()},
        reactor_(context_) {
    for (const Listener& listener : listeners_) {
      addresses_.push_back(url(listener));
      if (port_ == 0) port_ = listener.port();
    }
  }

  int port() const noexcept { return port_; }
  const std::vector<std::string>& addresses() const noexcept { return addresses_; }

  void run() {
    reactor_.start();
    accept_until(
        stop_.descriptor(), listeners_,
        [this](Arrival arrival) {
          reactor_.adopt(open_channel(arrival), std::move(arrival.remote_address));
        },
        [this] { return reactor_.sweep(); });
    reactor_.drain();
  }

  void wind_down() noexcept { context_.winding_down = true; }
  void stop() const noexcept { stop_.set(); }

 private:
  std::vector<Listener> listen() {
    std::vector<Listener> listeners;
    for (const int socket : options_.inherited) listeners.push_back(Listener::inherited(socket));
    if (options_.tcp) {
      listeners.push_back(Listener::on_tcp(httplib_.bind(options_.host, options_.port)));
    }
    if (!options_.unix_path.empty()) {
      listeners.push_back(Listener::on_unix(options_.unix_path, options_.unix_mode));
    }
    if (listeners.empty()) throw Error(ErrorKind::invalid_argument, "no address to listen on");
    return listeners;
  }

  std::string url(const Listener& listener) const {
    const std::string host = listener.host();
    if (!listener.is_tcp()) return "unix:" + host;
    const bool ipv6 = host.find(':') != std::string::npos;
    return (options_.tls ? "https://" : "http://") + (ipv6 ? "[" + host + "]" : host) + ":" +
           std::to_string(listener.port());
  }

  std::unique_ptr<Channel> open_channel(const Arrival& arrival) const {
    if (arrival.tcp && options_.tls) return options_.tls->open(arrival.socket);
    return std::make_unique<TcpChannel>(arrival.socket);
  }

  const TransportOptions options_;
  const Router router_;
  StopEvent stop_;
  HttplibServer httplib_;
  std::vector<Listener> listeners_;
  std::vector<std::string> addresses_;
  int port_ = 0;
  ConnectionContext context_;
  Reactor reactor_;
};

Transport::Transport(TransportOptions options, std::vector<Route> routes, TransportHooks hooks)
    : impl_(std::make_unique<Impl>(std::move(options), std::move(routes), std::move(hooks))) {}

Transport::~Transport() = default;

int Transport::port() const noexcept { return impl_->port(); }

const std::vector<std::string>& Transport::addresses() const noexcept { return impl_->addresses(); }

void Transport::run() { impl_->run(); }

void Transport::wind_down() { impl_->wind_down(); }

void Transport::stop() { impl_->stop(); }

}  // namespace mlserve::server
