#include "server/transport.hpp"

#include <atomic>
#include <future>
#include <mutex>
#include <semaphore>
#include <thread>

#include "support/catch_shim.hpp"

#include "core/error.hpp"
#include "server/framing.hpp"
#include "server/refusal.hpp"
#include "support/http_server.hpp"

using namespace mlserve;
using namespace mlserve::server;
using namespace mlserve::test;
using namespace std::chrono_literals;

namespace {

/// A route whose answers are parked until the test wakes them, or destroyed.
class ParkingLot {
 public:
  Route route(SteadyTime until = SteadyTime::max()) {
    return get("/park", [this, until](const Request&) -> Outcome {
      const auto token = std::make_shared<int>();
      const std::lock_guard lock(mutex_);
      last_ = token;
      return Parked{until, [this](Waker waker) { subscribe(std::move(waker)); },
                    [this, token] {
                      ++answered_;
                      return text(200, "parked");
                    }};
    });
  }

  /// Waits until a request has been parked.
  Waker next_waker() {
    REQUIRE(parked_.try_acquire_for(10s));
    const std::lock_guard lock(mutex_);
    return waker_;
  }

  /// Whether the last request is given up by the server within ten seconds.
  bool dropped() {
    for (int i = 0; i < 10'000; ++i) {
      {
        const std::lock_guard lock(mutex_);
        if (last_.expired()) return true;
      }
      std::this_thread::sleep_for(1ms);
    }
    return false;
  }

  int answered() const { return answered_; }

 private:
  void subscribe(Waker waker) {
    const std::lock_guard lock(mutex_);
    waker_ = std::move(waker);
    parked_.release();
  }

  std::counting_semaphore<> parked_{0};
  std::mutex mutex_;
  Waker waker_;
  std::weak_ptr<int> last_;
  std::atomic<int> answered_{0};
};

}  // namespace

// ---- Requests

TEST_CASE("A connection is kept for one request after the other", "[server]") {
  Server server({hello()});
  HttpClient client(server.port());
  for (int i = 0; i < 20; ++i) {
    const Answer answer = client.exchange(get_request("/hello"));
    REQUIRE(answer.status == 200);
    CHECK(answer.body == "hello");
    CHECK(answer.has("Date: "));
    CHECK_FALSE(answer.has("Connection:"));
  }
}

TEST_CASE("A handler sees the parts of a request decoded", "[server]") {
  Request seen;
  const Handler handler = [&](const Request& request) {
    seen = request;
    return text(200, "");
  };
  Server server({{"POST", "/models/{name}", handler, {}, 100}});
  HttpClient client(server.port());
  REQUIRE(client
              .exchange("POST /models/a%20b?x=a=b&y=1+2&x=3 HTTP/1.1\r\nHost: a\r\n"
                        "X-One: %41\r\nContent-Length: 2\r\n\r\nhi")
              .status == 200);
  CHECK(seen.method == "POST");
  CHECK(seen.path == "/models/a b");
  CHECK(seen.path_value("name") == "a b");
  CHECK(seen.query_value("x") == "a=b");
  CHECK(seen.query_value("y") == "1 2");
  CHECK(seen.has_query("y"));
  CHECK_FALSE(seen.has_query("z"));
  CHECK(seen.header("x-one") == "%41");
  CHECK(seen.header("x-two").empty());
  CHECK(seen.body == "hi");
  CHECK(seen.remote_address == "127.0.0.1");
  CHECK(seen.deadline < SteadyTime::max());
}

TEST_CASE("A request may come byte by byte", "[server]") {
  Server server({echo()});
  HttpClient client(server.port());
  for (const char byte : chunked_request("/echo", {"hel", "lo"})) client.send({&byte, 1});
  CHECK(client.read().body == "hello");
}

TEST_CASE("Pipelined requests are answered in their order", "[server]") {
  Server server({echo()});
  HttpClient client(server.port());
  std::string requests;
  for (int i = 0; i < 200; ++i) requests += post_request("/echo", std::to_string(i));
  client.send(requests);
  for (int i = 0; i < 200; ++i) REQUIRE(client.read().body == std::to_string(i));
}

TEST_CASE("A client that has closed its side still gets its answer", "[server]") {
  Server server({hello()});
  HttpClient client(server.port());
  client.send(get_request("/hello"));
  client.shutdown_send();
  CHECK(client.read().body == "hello");
  CHECK(client.at_end());
}

TEST_CASE("A connection is closed after the answer when the client wants it", "[server]") {
  Server server({hello()});
  const std::string request = GENERATE(
      "GET /hello HTTP/1.0\r\n\r\n", "GET /hello HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
  HttpClient client(server.port());
  const Answer answer = client.exchange(request);
  CHECK(answer.body == "hello");
  CHECK(answer.has("Connection: close"));
  CHECK(client.at_end());
}

TEST_CASE("An HTTP/1.0 client that asks for it keeps its connection", "[server]") {
  Server server({hello()});
  HttpClient client(server.port());
  for (int i = 0; i < 2; ++i) {
    const Answer answer = client.exchange("GET /hello HTTP/1.0\r\nConnection: keep-alive\r\n\r\n");
    CHECK(answer.body == "hello");
    CHECK(answer.has("Connection: keep-alive"));
  }
}

TEST_CASE("HEAD is answered as GET, without the body", "[server]") {
  Server server({hello()});
  HttpClient client(server.port());
  client.send("HEAD /hello HTTP/1.1\r\nHost: a\r\n\r\n");
  CHECK(client.read("HEAD").has("Content-Length: 5"));
  CHECK(client.exchange(get_request("/hello")).body == "hello");
}

TEST_CASE("Unknown paths and methods are refused and keep the connection", "[server]") {
  Server server({hello(), echo()});
  HttpClient client(server.port());
  CHECK(client.exchange(get_request("/nowhere")).status == 404);
  const Answer answer = client.exchange(get_request("/echo"));
  CHECK(answer.status == 405);
  CHECK(answer.has("Allow: POST\r\n"));
  CHECK(client.exchange(get_request("/hello")).status == 200);
}

TEST_CASE("A refusal before the body is read closes the connection", "[server]") {
  Server server({hello(), echo()});
  const auto [request, status] = GENERATE(table<std::string, int>({
      {post_request("/nowhere", "GET /hello HTTP/1.1\r\nHost: a\r\n\r\n"), 404},
      {post_request("/hello", get_request("/hello")), 405},
      {post_head("/echo", ""), 411},
      {post_head("/echo", "Content-Length: 5000000\r\n"), 413},
      {post_head("/echo", "Content-Length: 1\r\nTransfer-Encoding: chunked\r\n"), 400},
      {post_head("/echo", "Transfer-Encoding: gzip\r\n"), 501},
      {post_head("/echo", "Content-Length: 5\r\nExpect: more\r\n"), 417},
      {post_head("/echo", "Content-Length: 5\r\nContent-Encoding: br\r\n"), 415},
      {"GET /hello HTTP/3.0\r\nHost: a\r\n\r\n", 505},
      {"BREW /hello HTTP/1.1\r\nHost: a\r\n\r\n", 400},
      {"GET /" + std::string(kMaxRequestLineBytes, 'x'), 414},
      {"GET / HTTP/1.1\r\nX: " + std::string(TransportOptions{}.max_header_bytes, 'x'), 431},
      {"\x16\x03\x01\n", 400},
  }));
  INFO(request.substr(0, 200));
  HttpClient client(server.port());
  const Answer answer = client.exchange(request);
  CHECK(answer.status == status);
  CHECK(answer.has("Connection: close"));
  CHECK(client.at_end());
}

TEST_CASE("A handler that throws is answered for, without its details", "[server]") {
  Server server(
      {get("/throw", [](const Request&) -> Outcome { throw std::runtime_error("key"); }), hello()});
  HttpClient client(server.port());
  const Answer answer = client.exchange(get_request("/throw"));
  CHECK(answer.status == 500);
  CHECK(answer.body.find("key") == std::string::npos);
  CHECK(client.exchange(get_request("/hello")).status == 200);
}

// ---- Bodies

TEST_CASE("A body comes whole to its handler, small or large, counted or in chunks", "[server]") {
  Server server({echo()});
  const std::size_t bytes =
      GENERATE(std::size_t{0}, std::size_t{10}, std::size_t{100'000}, 3 * kMegabyte);
  const std::string body(bytes, 'b');
  HttpClient client(server.port());
  CHECK(client.exchange(post_request("/echo", body)).body == body);
  std::vector<std::string> chunks;
  for (std::size_t at = 0; at < bytes; at += 50'000) chunks.push_back(body.substr(at, 50'000));
  CHECK(client.exchange(chunked_request("/echo", chunks)).body == body);
  CHECK(client.exchange(post_request("/echo", "next")).body == "next");
}

TEST_CASE("A stream handler reads bodies of any size and keeps the connection", "[server]") {
  Server server({count()});
  HttpClient client(server.port());
  const std::size_t bytes = GENERATE(std::size_t{0}, std::size_t{10}, 8 * kMegabyte);
  CHECK(client.exchange(post_request("/count", std::string(bytes, 'b'))).body ==
        std::to_string(bytes));
  CHECK(client.exchange(post_request("/count", "next")).body == "4");
}

TEST_CASE("A stream handler that leaves the body unread closes the connection", "[server]") {
  const StreamHandler handler = [](const Request&, BodyReader&) { return text(409, "no"); };
  Server server({{"POST", "/no", {}, handler, 64 * kMegabyte}});
  HttpClient client(server.port());
  CHECK(client.exchange(post_request("/no", std::string(4 * kMegabyte, 'b'))).status == 409);
  CHECK(client.at_end());
}

TEST_CASE("A client that sends all of a body that is too large still reads why", "[server]") {
  Server server({echo()});
  HttpClient client(server.port());
  CHECK(client.send(post_request("/echo", std::string(12 * kMegabyte, 'b'))));
  CHECK(client.read().status == 413);
  CHECK(client.at_end());
}

TEST_CASE("Chunks above a route's limit are refused while they come", "[server]") {
  Server server({echo(), count()});
  const std::string path = GENERATE("/echo", "/count");
  HttpClient client(server.port());
  client.send(chunked_request(path, std::vector<std::string>(70, std::string(kMegabyte, 'b'))));
  CHECK(client.read().status == 413);
}

TEST_CASE("A small body that the route does not want is read past", "[server]") {
  std::string seen = "untouched";
  Server server({get("/get", [&](const Request& request) {
    seen = request.body;
    return text(200, "");
  })});
  HttpClient client(server.port());
  CHECK(client.exchange("GET /get HTTP/1.1\r\nHost: a\r\nContent-Length: 4\r\n\r\nbody").status ==
        200);
  CHECK(seen.empty());
  CHECK(client.exchange(get_request("/get")).status == 200);
}

TEST_CASE("A client that waits for 100 is told to go on", "[server]") {
  Server server({echo(), count()});
  const auto [path, bytes] = GENERATE(table<std::string, std::size_t>(
      {{"/echo", 5}, {"/echo", 2 * kMegabyte}, {"/count", 2 * kMegabyte}}));
  HttpClient client(server.port());
  client.send(
      post_head(path, "Expect: 100-continue\r\nContent-Length: " + std::to_string(bytes) + "\r\n"));
  CHECK(client.read().status == 100);
  CHECK(client.exchange(std::string(bytes, 'b')).status == 200);
}

TEST_CASE("Large bodies beyond the threads and the queue are told to come later", "[server]") {
  std::binary_semaphore entered{0};
  std::binary_semaphore leave{0};
  const StreamHandler handler = [&](const Request&, BodyReader& body) {
    entered.release();
    leave.acquire();
    return text(200, std::to_string(read_all(body).size()));
  };
  TransportOptions options;
  options.stream_workers = 1;
  options.max_waiting_streams = 1;
  Server server({{"POST", "/slow", {}, handler, 64 * kMegabyte}, hello()}, options);
  const std::string head = post_head("/slow", "Content-Length: 2000000\r\n");
  HttpClient first(server.port());
  first.send(head);
  entered.acquire();
  HttpClient second(server.port());
  second.send(head);
  HttpClient third(server.port());
  third.send(head);
  // One of the two waits, whichever came first; small requests are not held up.
  CHECK(HttpClient(server.port()).exchange(get_request("/hello")).status == 200);
  leave.release();
  CHECK(first.exchange(std::string(2'000'000, 'b')).status == 200);
  entered.acquire();
  leave.release();
  second.send(std::string(2'000'000, 'b'));
  third.send(std::string(2'000'000, 'b'));
  const Answer one = second.read();
  const Answer other = third.read();
  CHECK(one.status + other.status == 200 + 503);
  CHECK((one.has("Retry-After") || other.has("Retry-After")));
}

// ---- Many clients

TEST_CASE("A thousand keep-alive clients are all answered by two workers", "[server]") {
  TransportOptions options;
  options.workers = 2;
  Server server({hello()}, options);
  std::vector<std::unique_ptr<HttpClient>> clients;
  clients.reserve(1000);
  for (int i = 0; i < 1000; ++i) clients.push_back(std::make_unique<HttpClient>(server.port()));
  for (int round = 0; round < 3; ++round) {
    for (auto& client : clients) client->send(get_request("/hello"));
    for (auto& client : clients) REQUIRE(client->read().status == 200);
  }
}

TEST_CASE("Clients that stop in mid-request hold no worker", "[server]") {
  TransportOptions options;
  options.workers = 1;
  Server server({hello(), echo()}, options);
  std::vector<std::unique_ptr<HttpClient>> slow;
  slow.reserve(20);
  for (int i = 0; i < 20; ++i) {
    slow.push_back(std::make_unique<HttpClient>(server.port()));
    slow.back()->send(i % 2 ? "GET /hel" : post_head("/echo", "Content-Length: 10\r\n") + "12345");
  }
  CHECK(HttpClient(server.port()).exchange(get_request("/hello")).status == 200);
  CHECK(slow[0]->exchange("67890").body == "1234567890");
  CHECK(slow[1]->exchange("lo HTTP/1.1\r\nHost: a\r\n\r\n").body == "hello");
}

TEST_CASE("A client that does not read its answer holds no worker", "[server]") {
  TransportOptions options;
  options.workers = 1;
  const std::string large(32 * kMegabyte, 'x');
  Server server({get("/large", [&](const Request&) { return text(200, large); }), hello()},
                options);
  HttpClient slow(server.port(), 4096);
  slow.send(get_request("/large") + get_request("/hello"));
  CHECK(HttpClient(server.port()).exchange(get_request("/hello")).status == 200);
  CHECK(slow.read().body == large);
  CHECK(slow.read().body == "hello");
}

TEST_CASE("Connections above the limit are told so", "[server]") {
  TransportOptions options;
  options.max_connections = 2;
  Server server({hello()}, options);
  HttpClient first(server.port());
  HttpClient second(server.port());
  CHECK(first.exchange(get_request("/hello")).status == 200);
  CHECK(second.exchange(get_request("/hello")).status == 200);
  HttpClient third(server.port());
  const Answer answer = third.read();
  CHECK(answer.status == 503);
  CHECK(answer.has("Retry-After: 1"));
  CHECK(third.at_end());
}

// ---- Deadlines

TEST_CASE("A head or a body that does not come in time is refused", "[server]") {
  TransportOptions options;
  options.header_timeout = 60ms;
  options.request_timeout = 60ms;
  Server server({echo(), count()}, options);
  const std::string request =
      GENERATE(std::string("GET /"), post_head("/echo", "Content-Length: 5\r\n") + "1",
               post_head("/count", "Content-Length: 5000000\r\n") + "1");
  HttpClient client(server.port());
  const Answer answer = client.exchange(request);
  CHECK(answer.status == 408);
  CHECK(client.at_end());
}

TEST_CASE("An idle connection is closed without a word", "[server]") {
  TransportOptions options;
  options.idle_timeout = 60ms;
  Server server({hello()}, options);
  HttpClient fresh(server.port());
  CHECK(fresh.at_end());
  HttpClient used(server.port());
  CHECK(used.exchange(get_request("/hello")).status == 200);
  CHECK(used.at_end());
}

TEST_CASE("A client that never takes its answer is given up", "[server]") {
  TransportOptions options;
  options.write_timeout = 60ms;
  options.max_connections = 1;
  const std::string large(32 * kMegabyte, 'x');
  Server server({get("/large", [&](const Request&) { return text(200, large); }), hello()},
                options);
  HttpClient stuck(server.port(), 4096);
  stuck.send(get_request("/large"));
  // Its place is free again when another client is served.
  int status = 503;
  for (int i = 0; i < 100 && status == 503; ++i) {
    std::this_thread::sleep_for(20ms);
    status = HttpClient(server.port()).exchange(get_request("/hello")).status;
  }
  CHECK(status == 200);
}

// ---- Parked connections

TEST_CASE("A parked connection is answered when it is woken", "[server]") {
  ParkingLot lot;
  TransportOptions options;
  options.workers = 1;
  Server server({lot.route(), hello()}, options);
  HttpClient client(server.port());
  client.send(get_request("/park") + get_request("/hello"));
  const Waker waker = lot.next_waker();
  CHECK(HttpClient(server.port()).exchange(get_request("/hello")).status == 200);
  CHECK(lot.answered() == 0);
  waker.wake();
  waker.wake();
  CHECK(client.read().body == "parked");
  CHECK(client.read().body == "hello");
  CHECK(lot.answered() == 1);
}

TEST_CASE("A parked connection is answered when its time has come", "[server]") {
  ParkingLot lot;
  Server server({lot.route(std::chrono::steady_clock::now() + 50ms)});
  CHECK(HttpClient(server.port()).exchange(get_request("/park")).body == "parked");
}

TEST_CASE("An answer may be woken while it is being parked", "[server]") {
  Server server({get("/park", [](const Request&) -> Outcome {
    return Parked{SteadyTime::max(), [](const Waker& waker) { waker.wake(); },
                  [] { return text(200, "parked"); }};
  })});
  CHECK(HttpClient(server.port()).exchange(get_request("/park")).body == "parked");
}

TEST_CASE("A waker of an earlier request does not wake the next one", "[server]") {
  ParkingLot lot;
  Server server({lot.route(), hello()});
  HttpClient client(server.port());
  client.send(get_request("/park"));
  const Waker first = lot.next_waker();
  first.wake();
  CHECK(client.read().body == "parked");
  client.send(get_request("/park"));
  const Waker second = lot.next_waker();
  first.wake();
  CHECK(HttpClient(server.port()).exchange(get_request("/hello")).status == 200);
  CHECK(lot.answered() == 1);
  second.wake();
  CHECK(client.read().body == "parked");
}

TEST_CASE("A parked connection whose client has gone is dropped unanswered", "[server]") {
  ParkingLot lot;
  Server server({lot.route(), hello()});
  Waker waker;
  {
    HttpClient client(server.port());
    client.send(get_request("/park"));
    waker = lot.next_waker();
  }
  CHECK(lot.dropped());
  waker.wake();
  CHECK(HttpClient(server.port()).exchange(get_request("/hello")).status == 200);
  CHECK(lot.answered() == 0);
}

TEST_CASE("Stopping answers parked connections at once", "[server]") {
  ParkingLot lot;
  Server server({lot.route()});
  HttpClient client(server.port());
  client.send(get_request("/park"));
  const Waker waker = lot.next_waker();
  server.stop();
  const Answer answer = client.read();
  CHECK(answer.body == "parked");
  CHECK(answer.has("Connection: close"));
  server.finish();
  waker.wake();  // long after the transport has gone
}

// ---- Start and stop

TEST_CASE("Stopping closes idle connections and lets a running request end", "[server]") {
  std::binary_semaphore entered{0};
  std::binary_semaphore leave{0};
  TransportOptions options;
  options.stopping_idle_timeout = 0ms;
  Server server({get("/slow",
                     [&](const Request&) {
                       entered.release();
                       leave.acquire();
                       return text(200, "slow");
                     }),
                 hello()},
                options);
  HttpClient idle(server.port());
  CHECK(idle.exchange(get_request("/hello")).status == 200);
  HttpClient busy(server.port());
  busy.send(get_request("/slow"));
  entered.acquire();
  server.stop();
  CHECK(idle.at_end());
  leave.release();
  const Answer answer = busy.read();
  CHECK(answer.body == "slow");
  CHECK(answer.has("Connection: close"));
  CHECK(busy.at_end());
  const int port = server.port();
  server.finish();
  CHECK_THROWS(HttpClient(port));
}

TEST_CASE("Stopping gives up what does not end in time", "[server]") {
  TransportOptions options;
  options.drain_timeout = 50ms;
  Server server({hello()}, options);
  HttpClient client(server.port());
  client.send("GET /hello HTTP/1.1\r\n");
  CHECK(HttpClient(server.port()).exchange(get_request("/hello")).status == 200);
  server.finish();
  CHECK(client.at_end());
}

TEST_CASE("A transport stopped before it runs ends at once", "[server]") {
  Transport transport({}, {hello()}, TransportHooks{text_error});
  transport.stop();
  transport.stop();
  transport.run();
}

TEST_CASE("A port that is taken is an error that names it", "[server]") {
  Server server({hello()});
  TransportOptions options;
  options.port = server.port();
  try {
    const Server second({hello()}, options);
    FAIL("the second server got the port");
  } catch (const Error& error) {
    CHECK(error.kind() == ErrorKind::unavailable);
    CHECK(std::string(error.what()) ==
          "cannot listen on 127.0.0.1:" + std::to_string(server.port()) +
              ": Address already in use");
  }
}

TEST_CASE("Every answer has the id of its request, sent or made", "[server]") {
  Server server({hello()});
  const auto head_of = [&](const std::string& headers) {
    HttpClient client(server.port());
    return client.exchange("GET /hello HTTP/1.1\r\nHost: a\r\n" + headers + "\r\n").head;
  };
  const std::string mark = "X-Request-Id: ";
  CHECK(head_of("X-Request-Id: abc-1\r\n").find(mark + "abc-1\r\n") != std::string::npos);
  const std::string made = head_of("");
  REQUIRE(made.find(mark) != std::string::npos);
  CHECK(head_of("X-Request-Id: a b\r\n").find("a b") == std::string::npos);
  const auto id = made.substr(made.find(mark), mark.size() + 32);
  CHECK(head_of("").find(id) == std::string::npos);
}

TEST_CASE("The gate sees a request before its body, and the observer its end", "[server]") {
  std::atomic<std::size_t> in_flight{0};
  std::mutex mutex;
  std::vector<std::string> seen;
  TransportHooks hooks{text_error};
  hooks.gate = [&](Request& request, const Route&) {
    if (request.header("X-Key").empty()) throw Refusal(401, "no key");
    request.client = "shop";
    ++in_flight;
    return Admission(in_flight);
  };
  hooks.decorate = [](const RequestSummary& request, Response& response) {
    response.headers.emplace_back("X-Path", request.path);
  };
  hooks.observe = [&](const RequestReport& report) {
    const std::lock_guard lock(mutex);
    seen.push_back(report.request.path + " " + report.request.client + " " +
                   std::to_string(report.status) + " " + std::to_string(report.body_bytes) + " " +
                   std::to_string(report.sent_bytes > 0) + (report.whole ? "" : " broken"));
  };
  TransportOptions options;
  options.stopping_idle_timeout = 0ms;
  Server server({echo()}, options, hooks);
  HttpClient client(server.port());
  client.send(post_head("/echo", "X-Key: k\r\nContent-Length: 5\r\n"));
  client.send("hello");
  const Answer answer = client.read();
  CHECK(answer.body == "hello");
  CHECK(answer.has("X-Path: /echo\r\n"));
  CHECK(in_flight == 0);
  CHECK(HttpClient(server.port()).exchange(post_request("/echo", "x")).status == 401);
  CHECK(HttpClient(server.port()).exchange("NONSENSE\r\n\r\n").status == 400);
  server.finish();
  CHECK(seen == std::vector<std::string>{"/echo shop 200 5 1", "/echo  401 1 1", "  400 0 1"});
}
