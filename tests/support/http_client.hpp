#pragma once

#include <chrono>
#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <sys/socket.h>

namespace mlserve::test {

/// What a client has read of one answer.
struct Answer {
  int status = 0;  ///< 0: the connection was closed before an answer
  std::string head;
  std::string body;    ///< without the framing of chunks
  bool whole = false;  ///< the body has come to the end that its head or its chunks tell

  bool has(std::string_view header_line) const {
    return head.find(header_line) != std::string::npos;
  }
};

/// A client on a socket of its own, which sends the very bytes of a test. Every wait is bounded:
/// after ten seconds the peer counts as gone.
class HttpClient {
 public:
  explicit HttpClient(int port, int receive_buffer_bytes = 0);
  explicit HttpClient(const std::string& unix_path);
  virtual ~HttpClient();

  HttpClient(const HttpClient&) = delete;
  HttpClient& operator=(const HttpClient&) = delete;

  /// Sends all of `bytes`; false if the server has closed.
  bool send(std::string_view bytes);
  virtual void shutdown_send();

  /// One answer; `method` "HEAD" has no body.
  Answer read(std::string_view method = "GET");
  Answer exchange(std::string_view bytes) {
    send(bytes);
    return read();
  }

  /// All bytes until the server closes the connection.
  std::string read_to_end();

  /// Whether the server closes the connection without sending more.
  bool at_end();

  /// Whether the connection has ended by a reset, not by an orderly close.
  bool was_reset() const { return was_reset_; }

  /// Waits until the server sends something or closes, at most so long.
  bool hears_within(std::chrono::milliseconds time);

 protected:
  /// As send(2) and recv(2); a TLS client has its own.
  virtual ssize_t send_some(std::string_view bytes);
  virtual ssize_t receive_some(std::span<char> buffer);

  int socket() const { return socket_; }

 private:
  void connect(const sockaddr& address, socklen_t bytes);
  bool receive();
  bool take(std::size_t bytes, std::string& to);
  bool take_line(std::string& line);
  bool take_chunks(std::string& body);

  int socket_;
  bool was_reset_ = false;
  std::string buffer_;
};

}  // namespace mlserve::test
