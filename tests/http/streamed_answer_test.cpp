#include <atomic>
#include <memory>
#include <stdexcept>

#include "support/catch_shim.hpp"

#include "support/http_server.hpp"
#include "support/signals.hpp"

using namespace mlserve::server;
using namespace mlserve::test;
using namespace std::chrono_literals;

namespace {

using NextPiece = std::function<std::string()>;

Response streamed(std::string begin, NextPiece next_piece) {
  Response response = text(200, std::move(begin));
  response.next_piece = std::move(next_piece);
  return response;
}

NextPiece pieces(std::vector<std::string> list) {
  return [list = std::move(list), at = std::size_t{0}]() mutable {
    return at < list.size() ? list[at++] : std::string();
  };
}

// `count` pieces of a megabyte: 'a', 'b', …
NextPiece megabytes(int count) {
  return [count, at = 0]() mutable {
    return at < count ? std::string(kMegabyte, static_cast<char>('a' + at++)) : std::string();
  };
}

std::string all_of(NextPiece next) {
  std::string all;
  for (std::string piece = next(); !piece.empty(); piece = next()) all += piece;
  return all;
}

Route large(int count = 16) {
  return get("/large", [count](const Request&) { return streamed("", megabytes(count)); });
}

// "begin", then "end".
Route small() {
  return get("/small", [](const Request&) { return streamed("begin,", pieces({"end"})); });
}

/// Pieces that never end; the test waits until they are destroyed.
struct Endless {
  Route route() {
    return get("/endless", [this](const Request&) {
      return streamed("", [held = token(destroyed)] { return std::string(kMegabyte, 'x'); });
    });
  }
  Signal destroyed;
};

TransportOptions one_thread_each() {
  TransportOptions options;
  options.workers = 1;
  options.stream_workers = 1;
  options.answer_workers = 1;
  return options;
}

}  // namespace

// ---- Framing

TEST_CASE("A streamed answer goes in chunks as it is made", "[server]") {
  const Route route = get("/raw", [](const Request&) {
    return streamed("one", pieces({"two", "three and more"}));
  });
  Server server({route});
  HttpClient client(server.port());
  client.send("GET /raw HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
  const std::string bytes = client.read_to_end();
  CHECK(bytes.find("\r\nTransfer-Encoding: chunked\r\n") != std::string::npos);
  CHECK(bytes.find("Content-Length") == std::string::npos);
  CHECK(bytes.substr(bytes.find("\r\n\r\n")) ==
        "\r\n\r\n3\r\none\r\n3\r\ntwo\r\ne\r\nthree and more\r\n0\r\n\r\n");
  CHECK_FALSE(client.was_reset());
}

TEST_CASE("A streamed answer without a piece is empty", "[server]") {
  Server server({get("/none", [](const Request&) { return streamed("", pieces({})); })});
  HttpClient client(server.port());
  const Answer answer = client.exchange(get_request("/none"));
  CHECK(answer.whole);
  CHECK(answer.body.empty());
}

TEST_CASE("Pieces larger than the buffers of the sockets come whole", "[server]") {
  Server server({large()});
  HttpClient client(server.port(), 8192);
  const Answer answer = client.exchange(get_request("/large"));
  CHECK(answer.whole);
  CHECK(answer.body == all_of(megabytes(16)));
}

TEST_CASE("A streamed answer keeps the connection and lets pipelined requests follow", "[server]") {
  Server server({small(), hello()});
  HttpClient client(server.port());
  std::string requests;
  for (int i = 0; i < 50; ++i) requests += get_request("/small") + get_request("/hello");
  client.send(requests);
  for (int i = 0; i < 50; ++i) {
    REQUIRE(client.read().body == "begin,end");
    REQUIRE(client.read().body == "hello");
  }
  CHECK(client.exchange(get_request("/hello")).body == "hello");
}

TEST_CASE("An HTTP/1.0 client gets a streamed answer until the close", "[server]") {
  Server server({small()});
  HttpClient client(server.port());
  client.send("GET /small HTTP/1.0\r\nConnection: keep-alive\r\n\r\n");
  const std::string bytes = client.read_to_end();
  CHECK(bytes.find("Transfer-Encoding") == std::string::npos);
  CHECK(bytes.find("\r\nConnection: close\r\n") != std::string::npos);
  CHECK(bytes.substr(bytes.find("\r\n\r\n")) == "\r\n\r\nbegin,end");
  CHECK_FALSE(client.was_reset());
}

TEST_CASE("The pieces of an answer without a body are never asked for", "[server]") {
  std::atomic<int> calls{0};
  const auto answers = [&](int status) {
    return [&calls, status](const Request&) {
      Response response = streamed("", [&calls] { return std::string(++calls > 0 ? "x" : ""); });
      response.status = status;
      return response;
    };
  };
  Server server({get("/head", answers(200)), get("/unchanged", answers(304)), hello()});
  HttpClient client(server.port());
  client.send("HEAD /head HTTP/1.1\r\nHost: a\r\n\r\n");
  CHECK(client.read("HEAD").has("\r\nTransfer-Encoding: chunked\r\n"));
  CHECK(client.exchange(get_request("/unchanged")).status == 304);
  CHECK(client.exchange(get_request("/hello")).body == "hello");
  CHECK(calls == 0);
}

// ---- Where it comes from

TEST_CASE("A parked answer may be streamed", "[server]") {
  Server server({get("/park", [](const Request&) -> Outcome {
    return Parked{SteadyTime::max(), [](const Waker& waker) { waker.wake(); },
                  [] { return streamed("begin,", pieces({"end"})); }};
  })});
  HttpClient client(server.port());
  for (int i = 0; i < 2; ++i) CHECK(client.exchange(get_request("/park")).body == "begin,end");
}

TEST_CASE("A stream handler may answer with a stream", "[server]") {
  const StreamHandler handler = [](const Request&, BodyReader& body) {
    return streamed(std::to_string(read_all(body).size()), pieces({" bytes"}));
  };
  Server server({{"POST", "/count", {}, handler, 64 * kMegabyte}});
  HttpClient client(server.port());
  for (const std::size_t bytes : {std::size_t{10}, 4 * kMegabyte}) {
    CHECK(client.exchange(post_request("/count", std::string(bytes, 'b'))).body ==
          std::to_string(bytes) + " bytes");
  }
}

// ---- Who waits

TEST_CASE("Clients that do not read their streamed answers hold no thread", "[server]") {
  Server server({large(), hello()}, one_thread_each());
  std::vector<std::unique_ptr<HttpClient>> slow;
  slow.reserve(8);
  for (int i = 0; i < 8; ++i) {
    slow.push_back(std::make_unique<HttpClient>(server.port(), 8192));
    slow.back()->send(get_request("/large") + get_request("/hello"));
    REQUIRE(slow.back()->hears_within(10s));
  }
  const std::string all = all_of(megabytes(16));
  CHECK(HttpClient(server.port()).exchange(get_request("/hello")).body == "hello");
  CHECK(HttpClient(server.port()).exchange(get_request("/large")).body == all);
  for (auto& client : slow) {
    CHECK(client->read().body == all);
    CHECK(client->read().body == "hello");
  }
}

TEST_CASE("Streamed bodies and streamed answers do not wait for each other", "[server]") {
  const StreamHandler handler = [](const Request&, BodyReader& body) {
    return text(200, std::to_string(read_all(body).size()));
  };
  Server server({{"POST", "/count", {}, handler, 64 * kMegabyte}, large()}, one_thread_each());
  HttpClient upload(server.port());
  upload.send(post_head("/count", "Content-Length: 2000000\r\n") + std::string(1'000'000, 'b'));
  HttpClient download(server.port(), 8192);
  download.send(get_request("/large"));
  CHECK(HttpClient(server.port()).exchange(get_request("/large")).whole);
  CHECK(upload.exchange(std::string(1'000'000, 'b')).body == "2000000");
  CHECK(download.read().whole);
}

// ---- Answers that are not whole

TEST_CASE("A piece that throws ends the answer in the middle, and the client sees it", "[server]") {
  Signal destroyed;
  const Handler handler = [&](const Request&) {
    return streamed("begin", [held = token(destroyed)]() -> std::string {
      throw std::runtime_error("the database has gone");
    });
  };
  Server server({get("/throw", handler), hello()});
  HttpClient chunked(server.port());
  const Answer answer = chunked.exchange(get_request("/throw"));
  CHECK(answer.status == 200);
  CHECK(answer.body == "begin");
  CHECK_FALSE(answer.whole);
  CHECK(chunked.at_end());
  CHECK(destroyed.wait());
  HttpClient until_close(server.port());
  until_close.send("GET /throw HTTP/1.0\r\n\r\n");
  CHECK(until_close.read_to_end().find("the database") == std::string::npos);
  CHECK(until_close.was_reset());
  CHECK(destroyed.wait());
  CHECK(HttpClient(server.port()).exchange(get_request("/hello")).status == 200);
}

TEST_CASE("The pieces for a client that goes away are destroyed", "[server]") {
  Endless endless;
  Server server({endless.route()}, one_thread_each());
  {
    HttpClient client(server.port());
    client.send(get_request("/endless"));
    REQUIRE(client.hears_within(10s));
  }
  CHECK(endless.destroyed.wait());
}

TEST_CASE("The pieces for a client that never reads are destroyed in time", "[server]") {
  TransportOptions options;
  options.write_timeout = 60ms;
  Endless endless;
  Server server({endless.route()}, options);
  HttpClient client(server.port(), 8192);
  client.send(get_request("/endless"));
  CHECK(endless.destroyed.wait());
}

// ---- Stop

TEST_CASE("A server that stops sends what it has begun", "[server]") {
  Signal entered;
  Signal leave;
  const Handler handler = [&](const Request&) {
    return streamed("begin,", [&, next = pieces({"middle,", "end"})]() mutable {
      entered.give();
      leave.wait();
      return next();
    });
  };
  Server server({get("/slow", handler), hello()});
  HttpClient idle(server.port());
  CHECK(idle.exchange(get_request("/hello")).status == 200);
  HttpClient client(server.port());
  client.send(get_request("/slow"));
  REQUIRE(entered.wait());
  server.stop();
  CHECK(idle.at_end());
  for (int i = 0; i < 3; ++i) leave.give();
  const Answer answer = client.read();
  CHECK(answer.whole);
  CHECK(answer.body == "begin,middle,end");
  CHECK(client.at_end());
}

TEST_CASE("A server that stops gives up answers that do not end in time", "[server]") {
  TransportOptions options = one_thread_each();
  options.drain_timeout = 30ms;
  Endless endless;
  Server server({endless.route()}, options);
  const int clients = GENERATE(1, 3);
  std::vector<std::unique_ptr<HttpClient>> slow;
  for (int i = 0; i < clients; ++i) {
    slow.push_back(std::make_unique<HttpClient>(server.port(), 8192));
    slow.back()->send(get_request("/endless"));
    REQUIRE(slow.back()->hears_within(10s));
  }
  server.finish();
  for (auto& client : slow) {
    CHECK(endless.destroyed.wait());
    CHECK_FALSE(client->read().whole);
  }
}
