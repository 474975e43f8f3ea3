#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "server/framing.hpp"
#include "server/http.hpp"

namespace mlserve::server {

/// What we use of cpp-httplib, behind a wall: its header defines macros that break others, and
/// its signatures differ from release to release. A class derived from httplib::Server binds the
/// address, takes each accepted socket where httplib would give it a thread for life
/// (`process_and_close_socket`), and reads request lines.
class HttplibServer {
 public:
  /// Takes over a connected socket: nonblocking, TCP_NODELAY set.
  using OnSocket = std::function<void(int socket, std::string remote_address)>;

  /// Binds and listens. Throws Error(unavailable) naming the address.
  HttplibServer(const std::string& host, int port, OnSocket on_socket);
  ~HttplibServer();

  HttplibServer(const HttplibServer&) = delete;
  HttplibServer& operator=(const HttplibServer&) = delete;

  int port() const noexcept;

  /// Accepts connections on the calling thread until `stop_event` is readable; then takes those
  /// that the kernel has accepted, and closes the listening socket. Calls `on_tick` after every
  /// round; it returns when the next one is due at the latest.
  void accept_until(int stop_event,
                    const std::function<std::optional<std::chrono::milliseconds>()>& on_tick);

  /// Sets method, path (decoded) and query from `head`. False if httplib refuses the line, as it
  /// does with methods it does not know. May run on several threads at once.
  bool parse_target(const RequestHead& head, Request& request);

 private:
  class Derived;
  std::unique_ptr<Derived> derived_;
};

}  // namespace mlserve::server
