#pragma once

#include <memory>
#include <mutex>
#include <string>

#include "server/channel.hpp"

struct ssl_ctx_st;  // OpenSSL's SSL_CTX

namespace mlserve::server {

/// A server's certificate and key, and what it takes of TLS: versions 1.2 and 1.3, ciphers with
/// forward secrecy alone, ALPN "http/1.1", sessions resumed by tickets (nothing of them is kept
/// here). All calls may run on several threads at once.
class TlsContext {
 public:
  /// PEM files: the certificate, followed by those between it and its root; its key, which has no
  /// passphrase. Throws Error naming the file: not_found, or corrupt when it cannot be read, is
  /// something else, or is not the key of this certificate.
  TlsContext(std::string certificate_file, std::string key_file);

  /// Reads both files again, for the connections that come from now on. Throws as the constructor
  /// does: then all stays as it was.
  void reload();

  /// The server's side of a connection. Takes the socket over, which is nonblocking.
  std::unique_ptr<Channel> open(int socket) const;

 private:
  using Context = std::shared_ptr<ssl_ctx_st>;

  Context load() const;

  const std::string certificate_file_;
  const std::string key_file_;
  mutable std::mutex mutex_;
  Context context_;  // connections share it, so they outlive a reload
};

}  // namespace mlserve::server
