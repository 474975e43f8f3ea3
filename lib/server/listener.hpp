#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <sys/socket.h>
#include <vector>

#include "core/descriptor.hpp"

namespace mlserve::server {

/// A client that has connected.
struct Arrival {
  int socket;  ///< the receiver's to close; nonblocking, TCP_NODELAY where it is TCP
  std::string remote_address;  ///< without the port; "unix" where the client has none
  bool tcp;                    ///< not a Unix socket
};

/// A socket where clients connect: bound by us, or given by the process that started us.
class Listener {
 public:
  using OnArrival = std::function<void(Arrival)>;

  enum class Waiting {
    none,    ///< all were taken
    more,    ///< others are to have their turn first
    no_room  ///< the process or the system is out of descriptors or memory
  };

  /// Takes a bound TCP socket and lets clients connect. Throws Error(unavailable).
  static Listener on_tcp(Descriptor bound);

  /// Makes a Unix socket for those whom `mode` allows it. A file of a server that has died is
  /// replaced; the file is removed when this ends. Throws Error(unavailable) naming the path: a
  /// server answers there, it is another kind of file, or the folder does not take it.
  static Listener on_unix(const std::string& path, unsigned mode);

  /// Takes over a socket that listens already; others may have it, too.
  /// Throws Error(invalid_argument) if it is none for streams, TCP or Unix.
  static Listener inherited(int socket);

  Listener(Listener&&) noexcept;
  ~Listener();

  int socket() const noexcept { return socket_.get(); }
  bool is_tcp() const noexcept { return family_ != AF_UNIX; }

  /// The address without the port as one reads it, "127.0.0.1" or "::1"; a Unix socket's path.
  std::string host() const;

  /// 0 for a Unix socket.
  int port() const;

  /// Accepts clients that have connected, some sixty at a time.
  Waiting accept(const OnArrival& on_arrival) const;

  /// Lets no further client connect, then accepts those that have. What waits at an inherited
  /// socket is left to the others.
  void finish(const OnArrival& on_arrival);

 private:
  class File;

  Listener(Descriptor socket, sa_family_t family, std::unique_ptr<File> file, bool inherited);

  Descriptor socket_;
  sa_family_t family_;
  std::unique_ptr<File> file_;  // of a Unix socket of ours
  bool inherited_;
};

/// Whether other machines could connect to the listening `socket`.
bool is_beyond_loopback(int socket);

/// Accepts on the calling thread until `stop_event` is readable, then finishes the listeners and
/// closes them. Calls `on_tick` after every round; it returns when the next one is due at the
/// latest.
void accept_until(int stop_event, std::vector<Listener>& listeners,
                  const Listener::OnArrival& on_arrival,
                  const std::function<std::optional<std::chrono::milliseconds>()>& on_tick);

}  // namespace mlserve::server
