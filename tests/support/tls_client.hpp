#pragma once

#include <memory>
#include <string>

#include "support/http_client.hpp"
#include "support/temporary_folder.hpp"

struct ssl_ctx_st;
struct ssl_st;
struct ssl_session_st;

namespace mlserve::test {

/// A self-signed certificate for "localhost" and its key, made by `openssl req`.
struct TlsFiles {
  testing::TemporaryFolder folder;
  std::string certificate = folder.file("cert.pem");
  std::string key = folder.file("key.pem");

  TlsFiles() { make(); }

  /// Others under the same names.
  void make() const;
};

/// What a client offers; versions as OpenSSL counts them, 0 for its own limits.
struct TlsOffer {
  int least_version = 0;
  int most_version = 0;
  std::string alpn = {};  ///< in the form of the wire: "\x08http/1.1"
  std::shared_ptr<ssl_session_st> session = {};
};

/// HttpClient by OpenSSL's client. The handshake happens in the constructor; `connected` tells
/// whether it has come to its end.
class TlsClient final : public HttpClient {
 public:
  explicit TlsClient(int port, const TlsOffer& offer = {}, int receive_buffer_bytes = 0);
  ~TlsClient() override;

  bool connected() const { return connected_; }
  std::string version() const;
  std::string alpn() const;
  bool resumed() const;

  /// The last ticket of the server; comes with the first answer.
  std::shared_ptr<ssl_session_st> session() const;

  /// The serial number of the server's certificate.
  std::string serial() const;

  /// Whether the server has said goodbye, as seen after its end.
  bool was_told_goodbye() const;

  /// Asks the server for new keys, which it has to answer by others (TLS 1.3).
  void update_keys();

  /// Says goodbye by TLS alone: no FIN.
  void shutdown_send() override;

 protected:
  ssize_t send_some(std::string_view bytes) override;
  ssize_t receive_some(std::span<char> buffer) override;

 private:
  std::shared_ptr<ssl_ctx_st> context_;
  std::shared_ptr<ssl_st> ssl_;
  bool connected_ = false;
};

}  // namespace mlserve::test
