#include "server/tls_context.hpp"

#include <cerrno>
#include <fcntl.h>
#include <utility>

#include <openssl/err.h>
#include <openssl/ssl.h>

#include "core/descriptor.hpp"
#include "core/error.hpp"
#include "server/tls_channel.hpp"

namespace mlserve::server {
namespace {

// Of TLS 1.2; those of 1.3 are all good.
constexpr const char* kCiphers = "ECDHE+AESGCM:ECDHE+CHACHA20:!aNULL:!PSK";

// As ALPN writes names: the length first.
constexpr unsigned char kHttp11[] = "\x08http/1.1";

std::string reason() {
  const char* const text = ERR_reason_error_string(ERR_peek_last_error());
  return text ? text : "no reason given";
}

// OpenSSL would say only that "the system library" has failed.
void require_readable(const std::string& file) {
  if (!Descriptor(::open(file.c_str(), O_RDONLY | O_CLOEXEC))) {
    throw system_error(ErrorKind::corrupt, "cannot open " + file, errno);
  }
}

// A client that names protocols, of which none is ours, takes the port for another's: RFC 7301
// wants its handshake to fail.
int choose_protocol(SSL*, const unsigned char** chosen, unsigned char* chosen_bytes,
                    const unsigned char* offered, unsigned offered_bytes, void*) {
  unsigned char* found = nullptr;
  const int result = SSL_select_next_proto(&found, chosen_bytes, kHttp11, sizeof kHttp11 - 1,
                                           offered, offered_bytes);
  *chosen = found;
  return result == OPENSSL_NPN_NEGOTIATED ? SSL_TLSEXT_ERR_OK : SSL_TLSEXT_ERR_ALERT_FATAL;
}

void set_rules(SSL_CTX* context) {
  SSL_CTX_set_min_proto_version(context, TLS1_2_VERSION);
  SSL_CTX_set_cipher_list(context, kCiphers);
  SSL_CTX_set_alpn_select_cb(context, choose_protocol, nullptr);
  // HTTP tells by itself where a request ends; a client that leaves without a goodbye harms no one.
  SSL_CTX_set_options(context, SSL_OP_NO_RENEGOTIATION | SSL_OP_IGNORE_UNEXPECTED_EOF);
  SSL_CTX_set_session_cache_mode(context, SSL_SESS_CACHE_OFF);  // tickets are with the client
  SSL_CTX_set_read_ahead(context, 1);
  // An idle connection gives its buffers back. What could not be sent may have moved in memory
  // when it is tried again.
  SSL_CTX_set_mode(context, SSL_MODE_RELEASE_BUFFERS | SSL_MODE_ENABLE_PARTIAL_WRITE |
                                SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
  // Else it would ask for a passphrase on the terminal.
  SSL_CTX_set_default_passwd_cb(context, [](char*, int, int, void*) { return -1; });
}

}  // namespace

TlsContext::TlsContext(std::string certificate_file, std::string key_file)
    : certificate_file_(std::move(certificate_file)),
      key_file_(std::move(key_file)),
      context_(load()) {}

void TlsContext::reload() {
  Context loaded = load();
  const std::lock_guard lock(mutex_);
  context_ = std::move(loaded);
}

std::unique_ptr<Channel> TlsContext::open(int socket) const {
  Context current;
  {
    const std::lock_guard lock(mutex_);
    current = context_;
  }
  return std::make_unique<TlsChannel>(current.get(), socket);
}

TlsContext::Context TlsContext::load() const {
  ERR_clear_error();
  Context context(SSL_CTX_new(TLS_server_method()), SSL_CTX_free);
  if (!context) throw Error(ErrorKind::internal, "cannot set up TLS: " + reason());
  set_rules(context.get());
  require_readable(certificate_file_);
  require_readable(key_file_);
  // The key first: a certificate that does not fit drops it, and the last check tells. The other
  // way round, one error stands for a bad file and for the wrong one.
  if (SSL_CTX_use_PrivateKey_file(context.get(), key_file_.c_str(), SSL_FILETYPE_PEM) != 1) {
    throw Error(ErrorKind::corrupt,
                key_file_ + ": is no key in PEM form without a passphrase (" + reason() + ")");
  }
  if (SSL_CTX_use_certificate_chain_file(context.get(), certificate_file_.c_str()) != 1) {
    throw Error(ErrorKind::corrupt,
                certificate_file_ + ": is no certificate in PEM form (" + reason() + ")");
  }
  if (SSL_CTX_check_private_key(context.get()) != 1) {
    throw Error(ErrorKind::corrupt,
                key_file_ + ": is not the key of the certificate in " + certificate_file_);
  }
  return context;
}

}  // namespace mlserve::server
