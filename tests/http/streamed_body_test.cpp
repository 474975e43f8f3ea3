#include "support/catch_shim.hpp"

#include "support/http_server.hpp"
#include "support/signals.hpp"

using namespace mlserve::server;
using namespace mlserve::test;
using namespace std::chrono_literals;

namespace {

constexpr std::size_t kCollected = 1000;

// Says which handler got how much.
Route both() {
  const Handler whole = [](const Request& request) {
    return text(200, "whole " + std::to_string(request.body.size()));
  };
  const StreamHandler streamed = [](const Request& request, BodyReader& body) {
    return text(200, "streamed " + std::to_string(request.body.size() + read_all(body).size()));
  };
  return {"POST", "/both", whole, streamed, kMegabyte};
}

TransportOptions small_bodies() {
  TransportOptions options;
  options.collect_bytes = kCollected;
  return options;
}

// A part of a body and, after a while, the next, until the server answers.
int send_steadily(HttpClient& client, const std::string& part, std::chrono::milliseconds pause,
                  int parts) {
  for (int sent = 0; sent < parts; ++sent) {
    client.send(part);
    if (client.hears_within(pause)) return sent + 1;
  }
  return parts;
}

}  // namespace

TEST_CASE("The size of a body picks one of a route's two handlers", "[server]") {
  Server server({both()}, small_bodies());
  HttpClient client(server.port());
  const auto [bytes, answer] =
      GENERATE(table<std::size_t, std::string>({{0, "whole 0"},
                                                {10, "whole 10"},
                                                {kCollected, "whole 1000"},
                                                {kCollected + 1, "streamed 1001"},
                                                {500'000, "streamed 500000"}}));
  const std::string body(bytes, 'b');
  CHECK(client.exchange(post_request("/both", body)).body == answer);
  std::vector<std::string> chunks;
  for (std::size_t at = 0; at < bytes; at += 300) chunks.push_back(body.substr(at, 300));
  CHECK(client.exchange(chunked_request("/both", chunks)).body == answer);
}

TEST_CASE("Both handlers of a route share its limit", "[server]") {
  Server server({both()}, small_bodies());
  const std::vector<std::string> chunks(2, std::string(kMegabyte - 10, 'b'));
  CHECK(HttpClient(server.port()).exchange(chunked_request("/both", chunks)).status == 413);
  const std::string head = post_head("/both", "Content-Length: 1048577\r\n");
  CHECK(HttpClient(server.port()).exchange(head).status == 413);
}

TEST_CASE("A stream handler may wait without holding a worker, also with a small body",
          "[server]") {
  Signal entered;
  Signal leave;
  const StreamHandler handler = [&](const Request&, BodyReader& body) {
    entered.give();
    leave.wait();
    return text(200, read_all(body));
  };
  TransportOptions options;
  options.workers = 1;
  Server server({{"POST", "/wait", {}, handler, kMegabyte}, hello()}, options);
  HttpClient client(server.port());
  client.send(post_request("/wait", "small"));
  REQUIRE(entered.wait());
  CHECK(HttpClient(server.port()).exchange(get_request("/hello")).status == 200);
  leave.give();
  CHECK(client.read().body == "small");
}

TEST_CASE("A client that sends at a decent rate has as long as it takes", "[server]") {
  TransportOptions options = small_bodies();
  options.request_timeout = 1000ms;
  options.body_bytes_per_second = 10'000;  // each part is worth a second
  Server server({count(), {"POST", "/collect", both().handler, {}, kMegabyte}}, options);
  const auto [path, answer] = GENERATE(
      table<std::string, std::string>({{"/count", "300000"}, {"/collect", "whole 300000"}}));
  HttpClient client(server.port());
  client.send(post_head(path, "Content-Length: 300000\r\n"));
  CHECK(send_steadily(client, std::string(10'000, 'b'), 50ms, 30) == 30);
  CHECK(client.read().body == answer);
}

TEST_CASE("A client that lets its body drip is cut off, whatever it sent before", "[server]") {
  TransportOptions options = small_bodies();
  options.request_timeout = 100ms;
  options.body_bytes_per_second = 10'000;
  Server server({count()}, options);
  const std::string begin(GENERATE(0U, 1'000'000U), 'b');
  HttpClient client(server.port());
  client.send(post_head("/count", "Content-Length: 2000000\r\n") + begin);
  CHECK(send_steadily(client, "b", 5ms, 2000) < 2000);
  CHECK(client.read().status == 408);
  CHECK(client.at_end());
}

TEST_CASE("The time that a stream handler takes is not the client's", "[server]") {
  Signal leave;
  const StreamHandler handler = [&](const Request&, BodyReader& body) {
    leave.wait();
    return text(200, std::to_string(read_all(body).size()));
  };
  TransportOptions options = small_bodies();
  options.request_timeout = 50ms;
  Server server({{"POST", "/late", {}, handler, kMegabyte}}, options);
  HttpClient client(server.port());
  client.send(post_request("/late", std::string(5000, 'b')));
  CHECK_FALSE(client.hears_within(150ms));
  leave.give();
  CHECK(client.read().body == "5000");
}
