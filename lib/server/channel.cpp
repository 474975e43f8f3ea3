#include "server/channel.hpp"

#include <cerrno>
#include <sys/socket.h>
#include <unistd.h>

namespace mlserve::server {
namespace {

bool would_block(int error) { return error == EAGAIN || error == EWOULDBLOCK; }

}  // namespace

TcpChannel::~TcpChannel() { ::close(socket_); }

IoResult TcpChannel::receive(std::span<char> buffer) {
  send_blocked_ = false;
  for (;;) {
    const ssize_t count = ::recv(socket_, buffer.data(), buffer.size(), 0);
    if (count > 0) {
      // Less than asked for: the socket is empty, and a second recv would only say so.
      const auto bytes = static_cast<std::size_t>(count);
      return {.bytes = bytes, .blocked = bytes < buffer.size()};
    }
    if (count < 0 && errno == EINTR) continue;
    if (count < 0 && would_block(errno)) return {.blocked = true};
    return {.closed = true};
  }
}

IoResult TcpChannel::send(std::string_view bytes) {
  for (;;) {
    const ssize_t count = ::send(socket_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (count < 0 && errno == EINTR) continue;
    if (count < 0 && !would_block(errno)) return {.closed = true};
    const auto sent = count < 0 ? std::size_t{0} : static_cast<std::size_t>(count);
    send_blocked_ = sent < bytes.size();
    return {.bytes = sent, .blocked = send_blocked_};
  }
}

void TcpChannel::shutdown_send() { ::shutdown(socket_, SHUT_WR); }

// A socket that lingers for no time is reset when it is closed.
void TcpChannel::fail_on_close(bool fail) {
  const linger reset{.l_onoff = fail ? 1 : 0, .l_linger = 0};
  ::setsockopt(socket_, SOL_SOCKET, SO_LINGER, &reset, sizeof reset);
}

}  // namespace mlserve::server
