#pragma once

#include <cstddef>
#include <span>
#include <string_view>

namespace mlserve::server {

/// What one call on a channel did. At most one of the flags is set.
struct IoResult {
  std::size_t bytes = 0;
  bool blocked = false;  ///< nothing more can be moved before epoll reports the socket again
  bool closed = false;   ///< the client has closed or the connection is broken
};

/// The bytes of one connection, never blocking: plain (TcpChannel), or by TLS (TlsChannel).
class Channel {
 public:
  virtual ~Channel() = default;

  /// Fills the front of `buffer`. `blocked` may come with bytes: then these were the last.
  virtual IoResult receive(std::span<char> buffer) = 0;
  virtual IoResult send(std::string_view bytes) = 0;

  /// Tells the client that no more will come; what it sends can still be received.
  virtual void shutdown_send() = 0;

  /// Whether a close tells the client that it was not given everything: for an answer that lasts
  /// until the close, where an orderly one would say that it is whole.
  virtual void fail_on_close(bool fail) = 0;

  /// Whether the last blocked call waits for room to write rather than for bytes to read. TLS may
  /// have to send before it can receive.
  virtual bool wants_to_write() const = 0;

  /// Whether a handshake has to come to its end before anything else.
  virtual bool opening() const { return false; }

  /// For epoll and poll.
  virtual int socket() const = 0;
};

/// A plain stream socket, TCP or Unix. Owns its socket, which is in nonblocking mode.
class TcpChannel final : public Channel {
 public:
  explicit TcpChannel(int socket) : socket_(socket) {}
  ~TcpChannel() override;

  TcpChannel(const TcpChannel&) = delete;
  TcpChannel& operator=(const TcpChannel&) = delete;

  IoResult receive(std::span<char> buffer) override;
  IoResult send(std::string_view bytes) override;
  void shutdown_send() override;
  void fail_on_close(bool fail) override;
  bool wants_to_write() const override { return send_blocked_; }
  int socket() const override { return socket_; }

 private:
  int socket_;
  bool send_blocked_ = false;
};

}  // namespace mlserve::server
