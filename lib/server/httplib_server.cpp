#include "server/httplib_server.hpp"

#include <arpa/inet.h>
#include <array>
#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>
#include <utility>

#include <httplib.h>

#include "core/error.hpp"
#include "server/query.hpp"

namespace mlserve::server {
namespace {

// The kernel's queue of connections that wait for `accept`; httplib's own is 5.
constexpr int kBacklog = 1024;

// How long nothing is accepted after the process or the system ran out of descriptors or memory:
// the next attempt would fail as well.
constexpr int kPauseMs = 50;

// A request line in memory, as the stream that httplib reads. What httplib answers is dropped:
// answers are the connection's. Without `override`, as the set of functions depends on the
// release: 0.18 has wait_readable, wait_writable and duration, 0.11 has is_writable.
// NOLINTBEGIN(modernize-use-override,cppcoreguidelines-explicit-virtual-functions)
class LineStream final : public httplib::Stream {
 public:
  explicit LineStream(std::string_view line) : rest_(line) {}

  virtual bool is_readable() const { return true; }
  virtual bool is_writable() const { return true; }
  virtual bool wait_readable() const { return true; }
  virtual bool wait_writable() const { return true; }
  virtual ssize_t read(char* buffer, std::size_t size) {
    const std::size_t bytes = rest_.copy(buffer, size);
    rest_.remove_prefix(bytes);
    return static_cast<ssize_t>(bytes);
  }
  virtual ssize_t write(const char*, std::size_t size) { return static_cast<ssize_t>(size); }
  virtual void get_remote_ip_and_port(std::string&, int&) const {}
  virtual void get_local_ip_and_port(std::string&, int&) const {}
  virtual socket_t socket() const { return INVALID_SOCKET; }
  virtual time_t duration() const { return 0; }

 private:
  std::string_view rest_;
};
// NOLINTEND(modernize-use-override,cppcoreguidelines-explicit-virtual-functions)

void set_option(int socket, int level, int option) {
  const int on = 1;
  ::setsockopt(socket, level, option, &on, sizeof on);
}

bool set_nonblocking(int socket) {
  const int flags = ::fcntl(socket, F_GETFL);
  return flags >= 0 && ::fcntl(socket, F_SETFL, flags | O_NONBLOCK) == 0;
}

std::string peer_address(int socket) {
  sockaddr_storage address{};
  socklen_t bytes = sizeof address;
  std::array<char, NI_MAXHOST> text{};
  if (::getpeername(socket, reinterpret_cast<sockaddr*>(&address), &bytes) != 0 ||
      ::getnameinfo(reinterpret_cast<sockaddr*>(&address), bytes, text.data(), text.size(), nullptr,
                    0, NI_NUMERICHOST) != 0) {
    return {};
  }
  return text.data();
}

int bound_port(int socket) {
  sockaddr_storage address{};
  socklen_t bytes = sizeof address;
  ::getsockname(socket, reinterpret_cast<sockaddr*>(&address), &bytes);
  const auto* const ip6 = reinterpret_cast<const sockaddr_in6*>(&address);
  const auto* const ip4 = reinterpret_cast<const sockaddr_in*>(&address);
  return ntohs(address.ss_family == AF_INET6 ? ip6->sin6_port : ip4->sin_port);
}

}  // namespace

class HttplibServer::Derived final : public httplib::Server {
 public:
  explicit Derived(OnSocket on_socket) : on_socket_(std::move(on_socket)) {
    // Not SO_REUSEPORT, which httplib sets: with it a second server on the port gets half of the
    // connections instead of an error.
    set_socket_options([](socket_t socket) { set_option(socket, SOL_SOCKET, SO_REUSEADDR); });
    set_pre_routing_handler([](const httplib::Request&, httplib::Response&) {
      return HandlerResponse::Handled;  // routes are ours
    });
  }

  ~Derived() override { close_listener(); }

  void listen_on(const std::string& host, int port) {
    errno = 0;
    const bool bound = port == 0 ? bind_to_any_port(host) > 0 : bind_to_port(host, port);
    if (!bound || ::listen(svr_sock_, kBacklog) != 0 || !set_nonblocking(svr_sock_)) {
      const std::string what = "cannot listen on " + host + ":" + std::to_string(port);
      if (errno == 0) throw Error(ErrorKind::unavailable, what);
      throw Error(ErrorKind::unavailable, what + ": " + std::strerror(errno));
    }
  }

  int listener() const noexcept { return svr_sock_; }

  /// Accepts what is waiting. False when the system has no room for more.
  bool accept_waiting() {
    for (;;) {
      const int socket = ::accept4(svr_sock_, nullptr, nullptr, SOCK_NONBLOCK | SOCK_CLOEXEC);
      if (socket >= 0) {
        process_and_close_socket(socket);
      } else if (errno != EINTR && errno != ECONNABORTED) {
        return errno == EAGAIN || errno == EWOULDBLOCK;
      }
    }
  }

  void close_listener() {
    if (const socket_t socket = svr_sock_.exchange(INVALID_SOCKET); socket != INVALID_SOCKET) {
      ::close(socket);
    }
  }

  /// Has httplib parse `line`. A template, as later releases ask for the addresses, which earlier
  /// ones take from the stream.
  template <class Line>
  void read_line(Line& line, const std::function<void(httplib::Request&)>& on_request) {
    constexpr bool kClose = true;
    bool closed = false;
    if constexpr (requires { process_request(line, "", 0, "", 0, kClose, closed, on_request); }) {
      process_request(line, "", 0, "", 0, kClose, closed, on_request);
    } else {
      process_request(line, kClose, closed, on_request);
    }
  }

 private:
  bool process_and_close_socket(socket_t socket) override {
    set_option(socket, IPPROTO_TCP, TCP_NODELAY);
    on_socket_(socket, peer_address(socket));
    return true;
  }

  OnSocket on_socket_;
};

HttplibServer::HttplibServer(const std::string& host, int port, OnSocket on_socket)
    : derived_(std::make_unique<Derived>(std::move(on_socket))) {
  derived_->listen_on(host, port);
}

HttplibServer::~HttplibServer() = default;

int HttplibServer::port() const noexcept { return bound_port(derived_->listener()); }

// Not httplib's own loop, which ends for good when the system is out of descriptors.
void HttplibServer::accept_until(
    int stop_event, const std::function<std::optional<std::chrono::milliseconds>()>& on_tick) {
  std::array<pollfd, 2> waiting{pollfd{stop_event, POLLIN, 0},
                                pollfd{derived_->listener(), POLLIN, 0}};
  while (waiting[0].revents == 0) {
    const bool room = derived_->accept_waiting();
    const auto tick = on_tick();
    const int timeout = tick ? static_cast<int>(tick->count()) : -1;
    ::poll(waiting.data(), room ? 2 : 1, room ? timeout : kPauseMs);
  }
  derived_->accept_waiting();
  derived_->close_listener();
}

// httplib reads a line without query and headers. Those are taken by ourselves: it percent-decodes
// the values of headers, loses the order of both, and cuts "a=b=c" to "c".
bool HttplibServer::parse_target(const RequestHead& head, Request& request) {
  const std::size_t question = head.target.find('?');
  const std::string_view path = head.target.substr(0, question);
  std::string line(head.method);
  line.append(" ").append(path).append(" HTTP/1.1\r\n\r\n");
  LineStream stream(line);
  bool understood = false;
  derived_->read_line(stream, [&](httplib::Request& parsed) {
    request.method = std::move(parsed.method);
    request.path = std::move(parsed.path);
    understood = true;
  });
  if (question != std::string_view::npos) {
    request.query = parse_query(head.target.substr(question + 1));
  }
  return understood;
}

}  // namespace mlserve::server
