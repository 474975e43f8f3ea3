#include "server/httplib_server.hpp"

#include <cerrno>
#include <cstring>
#include <functional>
#include <sys/socket.h>
#include <utility>

#include <httplib.h>

#include "core/error.hpp"
#include "server/query.hpp"

namespace mlserve::server {
namespace {

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

}  // namespace

class HttplibServer::Derived final : public httplib::Server {
 public:
  Derived() {
    // Not SO_REUSEPORT, which httplib sets: with it a second server on the port gets half of the
    // connections instead of an error.
    set_socket_options([](socket_t socket) {
      const int on = 1;
      ::setsockopt(socket, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    });
    set_pre_routing_handler([](const httplib::Request&, httplib::Response&) {
      return HandlerResponse::Handled;  // routes are ours
    });
  }

  Descriptor bind(const std::string& host, int port) {
    errno = 0;
    const bool bound = port == 0 ? bind_to_any_port(host) > 0 : bind_to_port(host, port);
    Descriptor socket(svr_sock_.exchange(INVALID_SOCKET));
    if (bound && socket) return socket;
    const std::string what = "cannot listen on " + host + ":" + std::to_string(port);
    if (errno == 0) throw Error(ErrorKind::unavailable, what);
    throw Error(ErrorKind::unavailable, what + ": " + std::strerror(errno));
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
};

HttplibServer::HttplibServer() : derived_(std::make_unique<Derived>()) {}

HttplibServer::~HttplibServer() = default;

Descriptor HttplibServer::bind(const std::string& host, int port) {
  return derived_->bind(host, port);
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
