#pragma once

#include <memory>

#include "server/channel.hpp"

struct ssl_st;      // OpenSSL's SSL
struct ssl_ctx_st;  // and SSL_CTX

namespace mlserve::server {

/// The server's side of TLS over TCP. The handshake is part of the first `receive` or `send`:
/// either may wait for the other direction, see `wants_to_write`.
class TlsChannel final : public Channel {
 public:
  /// Takes the socket over, which is nonblocking. What it needs of `context` it shares.
  TlsChannel(ssl_ctx_st* context, int socket);

  /// Says goodbye (close_notify), unless the close shall be known as a failure.
  ~TlsChannel() override;

  TlsChannel(const TlsChannel&) = delete;
  TlsChannel& operator=(const TlsChannel&) = delete;

  IoResult receive(std::span<char> buffer) override;
  IoResult send(std::string_view bytes) override;
  void shutdown_send() override;
  void fail_on_close(bool fail) override;
  bool wants_to_write() const override { return wants_to_write_; }
  bool opening() const override { return !opened_; }
  int socket() const override { return wire_.socket(); }

 private:
  struct FreeSsl {
    void operator()(ssl_st* ssl) const;
  };
  struct Wire;  // how OpenSSL reaches `wire_`

  IoResult stopped(int result, std::size_t bytes);
  void say_goodbye();

  TcpChannel wire_;
  std::unique_ptr<ssl_st, FreeSsl> ssl_;
  bool opened_ = false;   // the handshake is done
  bool broken_ = false;   // OpenSSL forbids any further call
  bool drained_ = false;  // the last bytes from `wire_` were all it had
  bool send_blocked_ = false;
  bool wants_to_write_ = false;
  bool fails_on_close_ = false;
};

}  // namespace mlserve::server
