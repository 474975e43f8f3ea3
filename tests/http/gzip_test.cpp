#include "support/gzip.hpp"

#include <atomic>
#include <string>

#include "support/catch_shim.hpp"

#include "server/refusal.hpp"
#include "support/http_server.hpp"

using namespace mlserve;
using namespace mlserve::server;
using namespace mlserve::test;

namespace {

const std::string kGzip = "Content-Encoding: gzip\r\n";
const std::string kAcceptGzip = "Accept-Encoding: gzip\r\n";

std::string packed_request(const std::string& path, const std::string& packed) {
  return post_head(path, kGzip + "Content-Length: " + std::to_string(packed.size()) + "\r\n") +
         packed;
}

std::string chunk(const std::string& bytes) {
  char size[32];
  std::snprintf(size, sizeof size, "%zx\r\n", bytes.size());
  return size + bytes + "\r\n";
}

/// Answers with who took the body, and its size.
Response size_of(const std::string& who, const std::string& body) {
  return text(200, who + " " + std::to_string(body.size()));
}

constexpr std::size_t kCollectBytes = 100'000;
constexpr std::size_t kMaxBytes = 4 * kMegabyte;

Handler collected() {
  return [](const Request& request) { return size_of("collected", request.body); };
}

StreamHandler streamed() {
  return [](const Request&, BodyReader& body) { return size_of("streamed", read_all(body)); };
}

/// Routes with one handler, the other, and both.
std::vector<Route> routes() {
  return {{"POST", "/collected", collected(), {}, kMaxBytes},
          {"POST", "/streamed", {}, streamed(), kMaxBytes},
          {"POST", "/both", collected(), streamed(), kMaxBytes},
          {"POST", "/echo", [](const Request& r) { return text(200, r.body); }, {}, kMaxBytes}};
}

TransportOptions options() {
  TransportOptions options;
  options.collect_bytes = kCollectBytes;
  return options;
}

/// Bytes that gzip cannot pack.
std::string noise(std::size_t bytes) {
  std::string text;
  for (std::uint32_t x = 1; text.size() < bytes; x = x * 1664525 + 1013904223) {
    text += static_cast<char>(x >> 24U);
  }
  return text;
}

Route long_text(const std::string& path, Scope scope = Scope::any) {
  const Handler handler = [](const Request&) {
    Response response = text(200, std::string(5000, 'x'));
    response.headers.emplace_back("ETag", "\"abc\"");
    return response;
  };
  return {"GET", path, handler, {}, 0, scope};
}

std::string get_with(const std::string& path, const std::string& headers,
                     const std::string& method = "GET") {
  return method + " " + path + " HTTP/1.1\r\nHost: a\r\n" + headers + "\r\n";
}

}  // namespace

// ---- Requests

TEST_CASE("A packed body reaches its handler unpacked, and the connection is kept", "[server]") {
  Server server(routes(), options());
  HttpClient client(server.port());
  const std::string text = "hello";
  CHECK(client.exchange(packed_request("/echo", gzip(text))).body == text);
  CHECK(client.exchange(packed_request("/echo", gzip("one") + gzip("two"))).body == "onetwo");
  CHECK(client.exchange(packed_request("/echo", "")).body.empty());
  client.send(packed_request("/echo", gzip("one")) + packed_request("/echo", gzip("two")));
  CHECK(client.read().body == "one");
  CHECK(client.read().body == "two");
}

TEST_CASE("A packed body may come in chunks, cut anywhere", "[server]") {
  Server server(routes(), options());
  HttpClient client(server.port());
  std::string request = post_head("/echo", kGzip + "Transfer-Encoding: chunked\r\n");
  for (const char byte : gzip("hello")) request += chunk(std::string(1, byte));
  CHECK(client.exchange(request + "0\r\n\r\n").body == "hello");
}

TEST_CASE("The unpacked size of a body picks one of a route's two handlers", "[server]") {
  Server server(routes(), options());
  HttpClient client(server.port());
  const auto answer = [&](const std::string& path, const std::string& body) {
    return client.exchange(packed_request(path, gzip(body))).body;
  };
  const std::string small(kCollectBytes, 'x');
  CHECK(answer("/both", small) == "collected 100000");
  CHECK(answer("/both", small + "x") == "streamed 100001");
  CHECK(answer("/both", noise(kCollectBytes - 1000)) == "collected 99000");
  CHECK(answer("/streamed", small) == "streamed 100000");
  for (const std::string& large : {std::string(kMegabyte, 'x'), noise(kMegabyte)}) {
    CHECK(answer("/both", large) == "streamed 1048576");
    CHECK(answer("/collected", large) == "collected 1048576");
    CHECK(answer("/streamed", large) == "streamed 1048576");
  }
}

TEST_CASE("The limit of a route is for the unpacked body", "[server]") {
  Server server(routes(), options());
  for (const std::string path : {"/collected", "/streamed", "/both"}) {
    CAPTURE(path);
    for (const std::string& most : {std::string(kMaxBytes, 'x'), noise(kMaxBytes)}) {
      CHECK(HttpClient(server.port()).exchange(packed_request(path, gzip(most))).status == 200);
      CHECK(HttpClient(server.port()).exchange(packed_request(path, gzip(most + "x"))).status ==
            413);
    }
  }
}

TEST_CASE("A small limit is for the unpacked body, too", "[server]") {
  Server server({{"POST", "/small", collected(), {}, 1000}}, options());
  CHECK(HttpClient(server.port()).exchange(packed_request("/small", gzip(noise(1000)))).status ==
        200);
  CHECK(HttpClient(server.port())
            .exchange(packed_request("/small", gzip(std::string(1001, 'x'))))
            .status == 413);
}

TEST_CASE("A bomb is refused long before it is unpacked", "[server]") {
  std::atomic<std::size_t> read{0};
  const StreamHandler counting = [&](const Request&, BodyReader& body) {
    std::string piece(kMegabyte, '\0');
    while (const std::size_t bytes = body.read(piece)) read += bytes;
    return text(200, "");
  };
  Server server({{"POST", "/count", {}, counting, std::size_t{1} << 40U}}, options());
  const Answer answer =
      HttpClient(server.port()).exchange(packed_request("/count", gzip_bomb(256)));
  CHECK(answer.status == 413);
  CHECK(read < 40 * kMegabyte);
}

TEST_CASE("What cannot be unpacked is refused, whatever the handler makes of it", "[server]") {
  std::vector<Route> all = routes();
  const StreamHandler careless = [](const Request&, BodyReader& body) {
    try {
      read_all(body);
    } catch (const Error&) {
    }
    return text(200, "never mind");
  };
  all.push_back({"POST", "/careless", {}, careless, kMaxBytes});
  Server server(all, options());
  const std::string good = gzip(noise(2 * kCollectBytes));
  const std::string small = gzip("hello");
  for (const std::string& packed :
       {std::string("[]"), small.substr(0, small.size() - 1), small + "x", small + small.substr(1),
        good.substr(0, good.size() - 1), good + "x"}) {
    for (const std::string path : {"/collected", "/streamed", "/both", "/careless"}) {
      CAPTURE(path, packed.size());
      HttpClient client(server.port());
      CHECK(client.exchange(packed_request(path, packed)).status == 400);
    }
  }
}

TEST_CASE("A body that stops in the middle of its gzip data is told from a broken one",
          "[server]") {
  Server server(routes(), options());
  HttpClient client(server.port());
  const std::string request = packed_request("/streamed", gzip(noise(kMegabyte)));
  client.send(request.substr(0, request.size() - 1000));
  client.shutdown_send();
  CHECK(client.read().body == "the client has ended in the middle of the body");
}

TEST_CASE("Other encodings than gzip are refused with the one that is taken", "[server]") {
  Server server(routes(), options());
  for (const std::string encoding : {"br", "deflate", "zstd", "gzip, gzip"}) {
    CAPTURE(encoding);
    const Answer answer = HttpClient(server.port())
                              .exchange(post_head("/echo",
                                                  "Content-Length: 0\r\n"
                                                  "Content-Encoding: " +
                                                      encoding + "\r\n"));
    CHECK(answer.status == 415);
    CHECK(answer.has("\r\nAccept-Encoding: gzip\r\n"));
  }
}

TEST_CASE("A packed body that the route does not want is read past", "[server]") {
  Server server({{"POST", "/bare", collected(), {}, 0}}, options());
  HttpClient client(server.port());
  CHECK(client.exchange(packed_request("/bare", "no gzip")).body == "collected 0");
  CHECK(client.exchange(packed_request("/bare", gzip("x"))).body == "collected 0");
}

// ---- Answers

TEST_CASE("An answer is packed for a client that takes it", "[server]") {
  Server server({long_text("/text")});
  HttpClient client(server.port());
  const Answer packed = client.exchange(get_with("/text", kAcceptGzip));
  CHECK(gunzip(packed.body) == std::string(5000, 'x'));
  CHECK(packed.has("\r\nContent-Encoding: gzip\r\n"));
  CHECK(packed.has("\r\nVary: Accept-Encoding\r\n"));
  CHECK(packed.has("\r\nETag: W/\"abc\"\r\n"));
  for (const std::string headers : {"", "Accept-Encoding: gzip;q=0\r\n"}) {
    const Answer plain = client.exchange(get_with("/text", headers));
    CHECK(plain.body == std::string(5000, 'x'));
    CHECK_FALSE(plain.has("Content-Encoding"));
    CHECK(plain.has("\r\nVary: Accept-Encoding\r\n"));
    CHECK(plain.has("\r\nETag: \"abc\"\r\n"));
  }
}

TEST_CASE("HEAD tells of the packed answer what GET does", "[server]") {
  Server server({long_text("/text")});
  HttpClient client(server.port());
  const Answer get = client.exchange(get_with("/text", kAcceptGzip));
  client.send(get_with("/text", kAcceptGzip, "HEAD"));
  const Answer head = client.read("HEAD");
  CHECK(head.has("\r\nContent-Encoding: gzip\r\n"));
  CHECK(head.has("\r\nContent-Length: " + std::to_string(get.body.size()) + "\r\n"));
  CHECK(client.exchange(get_with("/text", "")).body.size() == 5000);
}

TEST_CASE("Short answers and those of probes are not packed", "[server]") {
  Server server({hello(), long_text("/livez", Scope::none)});
  HttpClient client(server.port());
  CHECK_FALSE(client.exchange(get_with("/hello", kAcceptGzip)).has("Content-Encoding"));
  const Answer probe = client.exchange(get_with("/livez", kAcceptGzip));
  CHECK_FALSE(probe.has("Content-Encoding"));
  CHECK_FALSE(probe.has("Vary"));
}

TEST_CASE("Nothing is packed when that is switched off", "[server]") {
  TransportOptions off;
  off.pack_answers = false;
  Server server({long_text("/text")}, off);
  const Answer answer = HttpClient(server.port()).exchange(get_with("/text", kAcceptGzip));
  CHECK(answer.body.size() == 5000);
  CHECK_FALSE(answer.has("Vary"));
}

TEST_CASE("A streamed answer is packed, in chunks and until the close", "[server]") {
  const Handler counting = [](const Request&) {
    Response response = text(200, "");
    response.next_piece = [i = 0]() mutable {
      return i == 1000 ? std::string() : "line " + std::to_string(i++) + "\n";
    };
    return response;
  };
  Server server({get("/lines", counting)});
  HttpClient client(server.port());
  const std::string plain = client.exchange(get_request("/lines")).body;
  const Answer packed = client.exchange(get_with("/lines", kAcceptGzip));
  CHECK(packed.whole);
  CHECK(packed.has("\r\nContent-Encoding: gzip\r\n"));
  CHECK(gunzip(packed.body) == plain);
  CHECK(client.exchange(get_request("/lines")).body == plain);

  HttpClient old(server.port());
  old.send("GET /lines HTTP/1.0\r\n" + kAcceptGzip + "\r\n");
  const std::string all = old.read_to_end();
  CHECK(gunzip(all.substr(all.find("\r\n\r\n") + 4)) == plain);
}
