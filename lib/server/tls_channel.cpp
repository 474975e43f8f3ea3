#include "server/tls_channel.hpp"

#include <new>

#include <openssl/err.h>
#include <openssl/ssl.h>

namespace mlserve::server {

// OpenSSL's own way to a socket raises SIGPIPE, and cannot know that one `recv` has emptied it.
struct TlsChannel::Wire {
  static TlsChannel& channel(BIO* bio) { return *static_cast<TlsChannel*>(BIO_get_data(bio)); }

  static int read(BIO* bio, char* data, int size) {
    TlsChannel& self = channel(bio);
    BIO_clear_retry_flags(bio);
    const IoResult result = self.wire_.receive({data, static_cast<std::size_t>(size)});
    self.drained_ = result.blocked;
    BIO_set_flags(bio, result.closed ? BIO_FLAGS_IN_EOF : 0);
    if (result.bytes == 0 && result.blocked) BIO_set_retry_read(bio);
    return result.bytes > 0 ? static_cast<int>(result.bytes) : (result.closed ? 0 : -1);
  }

  static int write(BIO* bio, const char* data, int size) {
    BIO_clear_retry_flags(bio);
    const IoResult result = channel(bio).wire_.send({data, static_cast<std::size_t>(size)});
    if (result.bytes > 0) return static_cast<int>(result.bytes);
    if (result.blocked) BIO_set_retry_write(bio);
    return -1;
  }

  static long control(BIO* bio, int command, long, void*) {
    if (command == BIO_CTRL_EOF) return BIO_test_flags(bio, BIO_FLAGS_IN_EOF) != 0;
    return command == BIO_CTRL_FLUSH;  // nothing is kept back
  }

  static BIO* make(TlsChannel& channel) {
    static const BIO_METHOD* const method = [] {
      BIO_METHOD* const made = BIO_meth_new(BIO_get_new_index() | BIO_TYPE_SOURCE_SINK, "channel");
      BIO_meth_set_read(made, read);
      BIO_meth_set_write(made, write);
      BIO_meth_set_ctrl(made, control);
      return made;
    }();
    BIO* const bio = BIO_new(method);
    if (bio) BIO_set_data(bio, &channel);
    if (bio) BIO_set_init(bio, 1);
    return bio;
  }
};

void TlsChannel::FreeSsl::operator()(ssl_st* ssl) const { SSL_free(ssl); }

TlsChannel::TlsChannel(ssl_ctx_st* context, int socket) : wire_(socket), ssl_(SSL_new(context)) {
  BIO* const bio = Wire::make(*this);
  if (!ssl_ || !bio) throw std::bad_alloc();
  SSL_set_bio(ssl_.get(), bio, bio);
  SSL_set_accept_state(ssl_.get());
}

TlsChannel::~TlsChannel() {
  if (!fails_on_close_) say_goodbye();
}

IoResult TlsChannel::receive(std::span<char> buffer) {
  std::size_t bytes = 0;
  while (bytes < buffer.size()) {
    // Epoll reports only what comes anew, so "blocked" has to mean that nothing is left anywhere.
    // Without the first condition, an end right behind the handshake would not be seen.
    if (bytes > 0 && drained_ && SSL_has_pending(ssl_.get()) == 0) return {bytes, true};
    if (broken_) return {bytes, false, bytes == 0};
    ERR_clear_error();
    std::size_t read = 0;
    const int result = SSL_read_ex(ssl_.get(), buffer.data() + bytes, buffer.size() - bytes, &read);
    opened_ = opened_ || SSL_is_init_finished(ssl_.get()) == 1;
    if (result != 1) return stopped(result, bytes);
    bytes += read;
  }
  return {.bytes = bytes};
}

IoResult TlsChannel::send(std::string_view bytes) {
  if (broken_) return {.closed = true};
  ERR_clear_error();
  std::size_t sent = 0;
  const int result = SSL_write_ex(ssl_.get(), bytes.data(), bytes.size(), &sent);
  opened_ = opened_ || SSL_is_init_finished(ssl_.get()) == 1;
  send_blocked_ = false;
  if (result == 1) return {.bytes = sent};
  const IoResult end = stopped(result, 0);
  send_blocked_ = end.blocked;
  return end;
}

// Bytes that came before an end are given first; the next call meets the end again.
IoResult TlsChannel::stopped(int result, std::size_t bytes) {
  const int error = SSL_get_error(ssl_.get(), result);
  wants_to_write_ = error == SSL_ERROR_WANT_WRITE;
  if (wants_to_write_ || error == SSL_ERROR_WANT_READ) return {bytes, true};
  broken_ = error != SSL_ERROR_ZERO_RETURN;
  return {bytes, false, bytes == 0};
}

void TlsChannel::shutdown_send() {
  say_goodbye();
  wire_.shutdown_send();
}

void TlsChannel::fail_on_close(bool fail) {
  fails_on_close_ = fail;
  wire_.fail_on_close(fail);
}

// Once: a second SSL_shutdown would wait for the client's. Not into the middle of a record. If
// there is no room for it, a client to which HTTP does not tell the end takes the answer for cut.
void TlsChannel::say_goodbye() {
  const bool said = (SSL_get_shutdown(ssl_.get()) & SSL_SENT_SHUTDOWN) != 0;
  if (!opened_ || broken_ || send_blocked_ || said) return;
  ERR_clear_error();
  SSL_shutdown(ssl_.get());
}

}  // namespace mlserve::server
