#include "server/transport.hpp"

#include <cerrno>
#include <cstdint>
#include <sys/eventfd.h>
#include <unistd.h>
#include <utility>

#include "core/error.hpp"
#include "server/connection.hpp"
#include "server/httplib_server.hpp"
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
        server_(options_.host, options_.port,
                [this](int socket, std::string remote_address) {
                  reactor_.adopt(open_channel(socket), std::move(remote_address));
                }),
        port_(server_.port()),
        context_{options_, router_,
                 [this](const RequestHead& head, Request& request) {
                   return server_.parse_target(head, request);
                 },
                 std::move(hooks), std::make_shared<Poller>()},
        reactor_(context_) {}

  int port() const noexcept { return port_; }

  void run() {
    reactor_.start();
    server_.accept_until(stop_.descriptor(), [this] { return reactor_.sweep(); });
    reactor_.drain();
  }

  void stop() const noexcept { stop_.set(); }

 private:
  std::unique_ptr<Channel> open_channel(int socket) const {
    if (options_.tls) return options_.tls->open(socket);
    return std::make_unique<TcpChannel>(socket);
  }

  const TransportOptions options_;
  const Router router_;
  StopEvent stop_;
  HttplibServer server_;
  const int port_;
  ConnectionContext context_;
  Reactor reactor_;
};

Transport::Transport(TransportOptions options, std::vector<Route> routes, TransportHooks hooks)
    : impl_(std::make_unique<Impl>(std::move(options), std::move(routes), std::move(hooks))) {}

Transport::~Transport() = default;

int Transport::port() const noexcept { return impl_->port(); }

void Transport::run() { impl_->run(); }

void Transport::stop() { impl_->stop(); }

}  // namespace mlserve::server
