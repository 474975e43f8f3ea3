#include "support/http_client.hpp"

#include <arpa/inet.h>
#include <array>
#include <cerrno>
#include <poll.h>
#include <stdexcept>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>
#include <utility>

namespace mlserve::test {
namespace {

void bound_waiting(int socket) {
  const timeval bound{.tv_sec = 10, .tv_usec = 0};
  ::setsockopt(socket, SOL_SOCKET, SO_RCVTIMEO, &bound, sizeof bound);
  ::setsockopt(socket, SOL_SOCKET, SO_SNDTIMEO, &bound, sizeof bound);
}

std::size_t content_length(const std::string& head) {
  const std::string name = "\r\nContent-Length: ";
  const std::size_t at = head.find(name);
  return at == std::string::npos ? 0 : std::stoul(head.substr(at + name.size()));
}

}  // namespace

HttpClient::HttpClient(int port, int receive_buffer_bytes)
    : socket_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
  bound_waiting(socket_);
  if (receive_buffer_bytes > 0) {
    ::setsockopt(socket_, SOL_SOCKET, SO_RCVBUF, &receive_buffer_bytes,
                 sizeof receive_buffer_bytes);
  }
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(static_cast<std::uint16_t>(port));
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  connect(reinterpret_cast<const sockaddr&>(address), sizeof address);
}

HttpClient::HttpClient(const std::string& unix_path)
    : socket_(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
  bound_waiting(socket_);
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  unix_path.copy(address.sun_path, sizeof address.sun_path - 1);
  connect(reinterpret_cast<const sockaddr&>(address), sizeof address);
}

HttpClient::~HttpClient() { ::close(socket_); }

void HttpClient::connect(const sockaddr& address, socklen_t bytes) {
  if (::connect(socket_, &address, bytes) == 0) return;
  ::close(socket_);
  throw std::runtime_error("cannot connect");
}

bool HttpClient::send(std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t sent = send_some(bytes);
    if (sent <= 0) return false;
    bytes.remove_prefix(static_cast<std::size_t>(sent));
  }
  return true;
}

ssize_t HttpClient::send_some(std::string_view bytes) {
  return ::send(socket_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
}

ssize_t HttpClient::receive_some(std::span<char> buffer) {
  return ::recv(socket_, buffer.data(), buffer.size(), 0);
}

void HttpClient::shutdown_send() { ::shutdown(socket_, SHUT_WR); }

Answer HttpClient::read(std::string_view method) {
  Answer answer;
  std::size_t end = 0;
  while ((end = buffer_.find("\r\n\r\n")) == std::string::npos) {
    if (!receive()) return answer;
  }
  answer.head = buffer_.substr(0, end + 2);
  buffer_.erase(0, end + 4);
  answer.status = std::stoi(answer.head.substr(9, 3));
  if (method == "HEAD") {
    answer.whole = true;
  } else if (answer.has("\r\nTransfer-Encoding: chunked\r\n")) {
    answer.whole = take_chunks(answer.body);
  } else {
    answer.whole = take(content_length(answer.head), answer.body);
  }
  return answer;
}

std::string HttpClient::read_to_end() {
  while (receive()) {
  }
  return std::exchange(buffer_, {});
}

bool HttpClient::at_end() { return buffer_.empty() && !receive() && buffer_.empty(); }

bool HttpClient::hears_within(std::chrono::milliseconds time) {
  pollfd waiting{socket_, POLLIN, 0};
  return !buffer_.empty() || ::poll(&waiting, 1, static_cast<int>(time.count())) == 1;
}

bool HttpClient::receive() {
  std::array<char, std::size_t{64} << 10> piece;
  const ssize_t bytes = receive_some(piece);
  if (bytes < 0 && errno == ECONNRESET) was_reset_ = true;
  if (bytes <= 0) return false;
  buffer_.append(piece.data(), static_cast<std::size_t>(bytes));
  return true;
}

// Appends the next bytes, or what there is before the connection ends: then false.
bool HttpClient::take(std::size_t bytes, std::string& to) {
  while (buffer_.size() < bytes && receive()) {
  }
  const bool all = buffer_.size() >= bytes;
  to.append(buffer_, 0, bytes);
  buffer_.erase(0, bytes);
  return all;
}

bool HttpClient::take_line(std::string& line) {
  std::size_t end = 0;
  while ((end = buffer_.find("\r\n")) == std::string::npos) {
    if (!receive()) return false;
  }
  line = buffer_.substr(0, end);
  buffer_.erase(0, end + 2);
  return true;
}

bool HttpClient::take_chunks(std::string& body) {
  std::string line;
  while (take_line(line)) {
    const std::size_t bytes = std::stoul(line, nullptr, 16);
    if (!take(bytes, body) || !take_line(line)) return false;
    if (bytes == 0) return true;
  }
  return false;
}

}  // namespace mlserve::test
