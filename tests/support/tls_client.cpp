#include "support/tls_client.hpp"

#include <csignal>
#include <cstdlib>
#include <stdexcept>

#include <openssl/ssl.h>

namespace mlserve::test {

void TlsFiles::make() const {
  const std::string command =
      "openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2 "
      "-subj /CN=localhost -keyout '" +
      key + "' -out '" + certificate + "' 2>/dev/null";
  if (std::system(command.c_str()) != 0) throw std::runtime_error("failed: " + command);
}

TlsClient::TlsClient(int port, const TlsOffer& offer, int receive_buffer_bytes)
    : HttpClient(port, receive_buffer_bytes),
      context_(SSL_CTX_new(TLS_client_method()), SSL_CTX_free) {
  // OpenSSL's own way to a socket raises it when the server has closed.
  std::signal(SIGPIPE, SIG_IGN);
  SSL_CTX_set_security_level(context_.get(), 0);  // so that old versions can be offered at all
  SSL_CTX_set_min_proto_version(context_.get(), offer.least_version);
  SSL_CTX_set_max_proto_version(context_.get(), offer.most_version);
  SSL_CTX_set_alpn_protos(context_.get(), reinterpret_cast<const unsigned char*>(offer.alpn.data()),
                          static_cast<unsigned>(offer.alpn.size()));
  ssl_ = {SSL_new(context_.get()), SSL_free};
  if (offer.session) SSL_set_session(ssl_.get(), offer.session.get());
  SSL_set_fd(ssl_.get(), socket());
  connected_ = SSL_connect(ssl_.get()) == 1;
}

TlsClient::~TlsClient() = default;

std::string TlsClient::version() const { return SSL_get_version(ssl_.get()); }

std::string TlsClient::alpn() const {
  const unsigned char* name = nullptr;
  unsigned bytes = 0;
  SSL_get0_alpn_selected(ssl_.get(), &name, &bytes);
  return {reinterpret_cast<const char*>(name), bytes};
}

bool TlsClient::resumed() const { return SSL_session_reused(ssl_.get()) == 1; }

std::shared_ptr<ssl_session_st> TlsClient::session() const {
  return {SSL_get1_session(ssl_.get()), SSL_SESSION_free};
}

std::string TlsClient::serial() const {
  const std::shared_ptr<X509> certificate(SSL_get1_peer_certificate(ssl_.get()), X509_free);
  const ASN1_INTEGER* const number = X509_get0_serialNumber(certificate.get());
  return {reinterpret_cast<const char*>(ASN1_STRING_get0_data(number)),
          static_cast<std::size_t>(ASN1_STRING_length(number))};
}

bool TlsClient::was_told_goodbye() const {
  return (SSL_get_shutdown(ssl_.get()) & SSL_RECEIVED_SHUTDOWN) != 0;
}

void TlsClient::update_keys() { SSL_key_update(ssl_.get(), SSL_KEY_UPDATE_REQUESTED); }

void TlsClient::shutdown_send() { SSL_shutdown(ssl_.get()); }

ssize_t TlsClient::send_some(std::string_view bytes) {
  return SSL_write(ssl_.get(), bytes.data(), static_cast<int>(bytes.size()));
}

ssize_t TlsClient::receive_some(std::span<char> buffer) {
  return SSL_read(ssl_.get(), buffer.data(), static_cast<int>(buffer.size()));
}

}  // namespace mlserve::test
