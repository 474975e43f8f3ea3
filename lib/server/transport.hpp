#pragma once

#include <chrono>
#include <cstddef>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "server/hooks.hpp"
#include "server/http.hpp"

namespace mlserve::server {

class TlsContext;

struct TransportOptions {
  std::string host = "127.0.0.1";
  int port = 0;                 ///< 0: any free port; `Transport::port` tells which
  unsigned workers = 0;         ///< threads that read, handle and answer; 0: one a core, at least 2
  unsigned stream_workers = 4;  ///< threads for stream handlers and bodies above `collect_bytes`
  std::size_t max_waiting_streams = 64;  ///< requests that wait for those threads: 503 above
  /// Threads that make the pieces of streamed answers. Not those of the bodies, which wait for
  /// their clients: a few slow uploads would hold up every download.
  unsigned answer_workers = 2;
  std::size_t collect_bytes = std::size_t{1} << 20;  ///< bodies up to here wait in the connection
  std::size_t max_header_bytes = std::size_t{64} << 10;  ///< request line and headers: 431 above
  std::size_t max_headers = 100;                         ///< 431 above
  std::size_t max_connections = 10'000;                  ///< further ones get 503 and are closed
  std::chrono::milliseconds header_timeout{10'000};      ///< first to last byte of the headers: 408
  std::chrono::milliseconds request_timeout{60'000};     ///< first byte of a request to the answer
  /// What a client must send of a streamed body, on average: it is waited for `request_timeout`,
  /// and so many bytes give a second of that back. A gigabyte over a line of a megabit comes in;
  /// a client that sends a byte a second, or stops in the middle, is cut off. At least 1.
  std::size_t body_bytes_per_second = std::size_t{64} << 10;
  std::chrono::milliseconds write_timeout{30'000};  ///< a client that does not take its answer
  std::chrono::milliseconds idle_timeout{75'000};   ///< keep-alive without a request
  std::chrono::milliseconds drain_timeout{25'000};  ///< for requests that run when `stop` comes
  /// Of one client by its address; further ones get 429 and are closed. 0: as many as it likes, for
  /// behind a proxy all clients have one address.
  std::size_t max_connections_per_client = 0;
  /// How many times its size a large body may unpack to: 413 above. Records shrink to a tenth, a
  /// bomb to a thousandth; Apache's mod_deflate draws the line there, too. 0: anywhere.
  std::uint64_t max_unpack_ratio = 200;
  bool pack_answers = true;  ///< by gzip, for clients that take it
  /// What waits longer for a worker gets 503 at once, until the queue is shorter. Not probes.
  std::chrono::milliseconds max_queue_time{5'000};
  std::shared_ptr<const TlsContext> tls;  ///< of TCP connections; none: they are plain
  bool tcp = true;                        ///< listens on `host` and `port`
  std::string unix_path;                  ///< listens on a Unix socket of this name; "": on none
  unsigned unix_mode = 0660;              ///< who may connect there
  /// Sockets that listen already, from the process that started us; taken over. When we stop, who
  /// waits there is left to our successor.
  std::vector<int> inherited;
  /// `idle_timeout` from `stop` on: a client that was just answered may have sent its next request,
  /// and one that has just connected its first.
  std::chrono::milliseconds stopping_idle_timeout{3'000};
};

/// The sockets below the routes: HTTP/1.1 over TCP, TLS or Unix sockets, keep-alive and pipelining.
///
/// Idle connections wait in epoll and hold no thread; a readable one takes a worker, which
/// collects what has come and goes on to the next until header and body are whole. See
/// TRANSPORT.md for the life of a connection.
class Transport {
 public:
  /// Answers with the table `routes`. What the transport refuses by itself (400, 404, 405, 408,
  /// 411, 413, 414, 415, 417, 431, 500, 501, 503, 505) is `hooks.error_response`, to which Allow
  /// and Retry-After are added.
  ///
  /// Binds and listens; the kernel accepts connections from here on.
  /// Throws Error(unavailable) when an address is taken or cannot be had, Error(invalid_argument)
  /// when there is none or an inherited socket is unfit.
  Transport(TransportOptions options, std::vector<Route> routes, TransportHooks hooks);
  ~Transport();

  Transport(const Transport&) = delete;
  Transport& operator=(const Transport&) = delete;

  /// Of TCP; 0 without.
  int port() const noexcept;

  /// Where clients find it: "http://127.0.0.1:8080", "https://[::1]:443", "unix:/run/mlserve.sock".
  const std::vector<std::string>& addresses() const noexcept;

  /// Serves until `stop`; returns when every request that had begun was answered or
  /// `drain_timeout` has passed. Call once.
  void run();

  /// From now on each answer tells its client to connect anew, so that clients find another server
  /// before this one stops. Callable as `stop`.
  void wind_down();

  /// Ends `run`: no new connection or request is taken. Callable from any thread, at any time,
  /// more than once.
  void stop();

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace mlserve::server
