#pragma once

#include <cstdio>
#include <optional>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "server/transport.hpp"
#include "support/http_client.hpp"

namespace mlserve::test {

inline constexpr std::size_t kMegabyte = std::size_t{1} << 20;

inline server::Response text(int status, std::string body) {
  return {status, "text/plain", std::move(body), {}};
}

inline server::Route get(const std::string& path, server::Handler handler) {
  return {"GET", path, std::move(handler), {}, 0};
}

inline server::Route hello() {
  return get("/hello", [](const server::Request&) { return text(200, "hello"); });
}

inline std::string read_all(server::BodyReader& body) {
  std::string all;
  std::string piece(5000, '\0');
  while (const std::size_t bytes = body.read(piece)) all.append(piece, 0, bytes);
  return all;
}

/// Answers POST /echo with the body.
inline server::Route echo(std::size_t max_body_bytes = 4 * kMegabyte) {
  return {"POST",
          "/echo",
          [](const server::Request& request) { return text(200, request.body); },
          {},
          max_body_bytes};
}

/// Answers POST /count with the size of the body, up to 64 MiB, which it reads as it comes.
inline server::Route count() {
  const server::StreamHandler handler = [](const server::Request&, server::BodyReader& body) {
    return text(200, std::to_string(read_all(body).size()));
  };
  return {"POST", "/count", {}, handler, 64 * kMegabyte};
}

inline server::Response text_error(std::string_view, int status, const std::string& detail) {
  return text(status, detail);
}

/// A transport on a free port, run by a thread of its own until the end of the test. What it
/// refuses is text.
class Server {
 public:
  explicit Server(std::vector<server::Route> routes, server::TransportOptions options = {},
                  server::TransportHooks hooks = {text_error})
      : transport_(std::in_place, options, std::move(routes), std::move(hooks)),
        thread_([this] { transport_->run(); }) {}

  ~Server() { finish(); }

  Server(const Server&) = delete;
  Server& operator=(const Server&) = delete;

  int port() const { return transport_->port(); }
  const std::vector<std::string>& addresses() const { return transport_->addresses(); }
  void wind_down() { transport_->wind_down(); }
  void stop() { transport_->stop(); }

  /// Stops and destroys the transport.
  void finish() {
    if (!transport_) return;
    stop();
    thread_.join();
    transport_.reset();
  }

 private:
  std::optional<server::Transport> transport_;
  std::thread thread_;
};

inline std::string get_request(const std::string& path) {
  return "GET " + path + " HTTP/1.1\r\nHost: a\r\n\r\n";
}

inline std::string post_head(const std::string& path, const std::string& headers) {
  return "POST " + path + " HTTP/1.1\r\nHost: a\r\n" + headers + "\r\n";
}

inline std::string post_request(const std::string& path, const std::string& body) {
  return post_head(path, "Content-Length: " + std::to_string(body.size()) + "\r\n") + body;
}

inline std::string chunked_request(const std::string& path,
                                   const std::vector<std::string>& chunks) {
  std::string bytes = post_head(path, "Transfer-Encoding: chunked\r\n");
  for (const std::string& chunk : chunks) {
    char size[32];
    std::snprintf(size, sizeof size, "%zx\r\n", chunk.size());
    bytes += size + chunk + "\r\n";
  }
  return bytes + "0\r\n\r\n";
}

}  // namespace mlserve::test
