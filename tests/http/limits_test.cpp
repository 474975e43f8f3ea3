#include <atomic>
#include <chrono>
#include <mutex>
#include <semaphore>
#include <string>

#include "support/catch_shim.hpp"

#include "server/refusal.hpp"
#include "server/request_limits.hpp"
#include "support/http_server.hpp"

using namespace mlserve;
using namespace mlserve::server;
using namespace mlserve::test;
using namespace std::chrono_literals;

namespace {

TransportHooks limited(RequestLimits& limits) {
  TransportHooks hooks{text_error};
  hooks.gate = [&limits](Request& request, const Route& route) {
    request.client = request.header("X-Key");
    return limits.admit(request, route);
  };
  return hooks;
}

Route probe() {
  Route route = get("/livez", [](const Request&) { return text(200, "alive"); });
  route.scope = Scope::none;
  return route;
}

int status(HttpClient& client, const std::string& path, const std::string& headers = "") {
  return client.exchange("GET " + path + " HTTP/1.1\r\nHost: a\r\n" + headers + "\r\n").status;
}

/// GET /park waits for `finish`, with what a server that stops does to it.
class Parking {
 public:
  Route route(AtStop at_stop) {
    return get("/park", [this, at_stop](const Request&) -> Outcome {
      return Parked{SteadyTime::max(), [this](Waker waker) { park(std::move(waker)); },
                    [] { return text(200, "done"); }, at_stop};
    });
  }

  void await() { REQUIRE(parked_.try_acquire_for(10s)); }

  void finish() {
    const std::lock_guard lock(mutex_);
    waker_.wake();
  }

 private:
  void park(Waker waker) {
    const std::lock_guard lock(mutex_);
    waker_ = std::move(waker);
    parked_.release();
  }

  std::counting_semaphore<> parked_{0};
  std::mutex mutex_;
  Waker waker_;
};

}  // namespace

// ---- Requests in flight

TEST_CASE("Above so many requests in flight further ones are told to come later", "[server]") {
  RequestLimits limits({1, {}});
  Parking parking;
  Server server({hello(), probe(), parking.route(AtStop::wait)}, {}, limited(limits));
  HttpClient first(server.port());
  HttpClient second(server.port());
  first.send(get_request("/park"));
  parking.await();
  CHECK(limits.in_flight() == 1);
  const Answer busy = second.exchange(get_request("/hello"));
  CHECK(busy.status == 503);
  CHECK(busy.has("\r\nRetry-After: 1\r\n"));
  CHECK(status(second, "/livez") == 200);
  parking.finish();
  CHECK(first.read().status == 200);
  CHECK(status(second, "/hello") == 200);
  CHECK(limits.in_flight() == 0);
}

TEST_CASE("A client that waits for news is not in flight", "[server]") {
  RequestLimits limits({1, {}});
  Parking parking;
  Server server({hello(), parking.route(AtStop::answer)}, {}, limited(limits));
  HttpClient first(server.port());
  HttpClient second(server.port());
  first.send(get_request("/park"));
  parking.await();
  CHECK(limits.in_flight() == 0);
  CHECK(status(second, "/hello") == 200);
  parking.finish();
  CHECK(first.read().status == 200);
  CHECK(status(second, "/hello") == 200);
}

TEST_CASE("A body that is still coming is in flight, one that never comes is not for ever",
          "[server]") {
  RequestLimits limits({1, {}});
  TransportOptions options;
  options.request_timeout = 200ms;
  Server server({hello(), {"POST", "/echo", hello().handler, {}, 100}}, options, limited(limits));
  HttpClient slow(server.port());
  HttpClient other(server.port());
  slow.send(post_head("/echo", "Content-Length: 5\r\nExpect: 100-continue\r\n"));
  CHECK(slow.read().status == 100);
  CHECK(status(other, "/hello") == 503);
  CHECK(slow.read().status == 408);
  CHECK(status(other, "/hello") == 200);
}

TEST_CASE("A client that has gone is in flight no more", "[server]") {
  RequestLimits limits({1, {}});
  Parking parking;
  Server server({hello(), parking.route(AtStop::wait)}, {}, limited(limits));
  {
    HttpClient first(server.port());
    first.send(get_request("/park"));
    parking.await();
  }
  HttpClient second(server.port());
  int last = 503;
  for (int i = 0; i < 10'000 && last == 503; ++i) last = status(second, "/hello");
  CHECK(last == 200);
}

TEST_CASE("An answer whose pieces wait for the client is not in flight", "[server]") {
  RequestLimits limits({1, {}});
  const Handler endless = [](const Request&) {
    Response response = text(200, "");
    response.next_piece = [] { return std::string(kMegabyte, 'x'); };
    return response;
  };
  TransportOptions options;
  options.drain_timeout = 0ms;
  Server server({hello(), get("/endless", endless)}, options, limited(limits));
  HttpClient reader(server.port(), 4096);
  reader.send(get_request("/endless"));
  REQUIRE(reader.hears_within(10s));
  HttpClient other(server.port());
  CHECK(status(other, "/hello") == 200);
}

// ---- The queue

TEST_CASE("While requests wait too long for a thread they are told to come later", "[server]") {
  TransportOptions options;
  options.max_queue_time = 0ms;  // any wait is too long, as soon as one has been measured
  Server server({hello(), probe()}, options);
  HttpClient client(server.port());
  Answer answer;
  for (int i = 0; i < 1'000'000 && answer.status != 503; ++i) {
    answer = client.exchange(get_request("/hello"));
  }
  CHECK(answer.status == 503);
  CHECK(answer.has("\r\nRetry-After: 1\r\n"));
  CHECK(status(client, "/livez") == 200);
}

TEST_CASE("A client that is told to come later keeps its connection, if its body has come",
          "[server]") {
  TransportHooks hooks{text_error};
  hooks.gate = [](Request& request, const Route&) -> Admission {
    if (request.has_query("busy")) throw Refusal(503, "busy");
    return {};
  };
  Server server({{"POST", "/echo", [](const Request& r) { return text(200, r.body); }, {}, 100}},
                {}, hooks);
  HttpClient client(server.port());
  for (const std::string& request :
       {post_request("/echo?busy", "hello"), chunked_request("/echo?busy", {"hel", "lo"})}) {
    const Answer answer = client.exchange(request);
    CHECK(answer.status == 503);
    CHECK_FALSE(answer.has("Connection: close"));
    CHECK(client.exchange(post_request("/echo", "next")).body == "next");
  }
  CHECK(client.exchange(post_head("/echo?busy", "Content-Length: 5\r\n")).status == 503);
  CHECK(client.at_end());
}

// ---- Rates

TEST_CASE("A client that asks too often is told how long to wait", "[server]") {
  RequestLimits limits({100, RateLimit{2, 3600s, 2}});
  Server server({hello(), probe()}, {}, limited(limits));
  HttpClient client(server.port());
  CHECK(status(client, "/hello") == 200);
  CHECK(status(client, "/hello") == 200);
  const Answer refused = client.exchange(get_request("/hello"));
  CHECK(refused.status == 429);
  CHECK(refused.has("\r\nRetry-After: 1800\r\n"));
  CHECK(refused.has("\r\nRateLimit-Policy: \"default\";q=2;w=3600\r\n"));
  CHECK(refused.has("\r\nRateLimit: \"default\";r=0;t=1800\r\n"));
  CHECK(status(client, "/livez") == 200);
  CHECK(limits.in_flight() == 0);
}

TEST_CASE("Rates are those of a key, and of an address without one", "[server]") {
  RequestLimits limits({100, RateLimit{1, 3600s, 1}});
  Server server({hello()}, {}, limited(limits));
  HttpClient client(server.port());
  CHECK(status(client, "/hello") == 200);
  CHECK(status(client, "/hello", "X-Key: a\r\n") == 200);
  CHECK(status(client, "/hello", "X-Key: 127.0.0.1\r\n") == 200);
  CHECK(status(client, "/hello", "X-Key: a\r\n") == 429);
  HttpClient another(server.port());
  CHECK(status(another, "/hello") == 429);
  CHECK(status(another, "/hello", "X-Key: a\r\n") == 429);
}

// ---- Connections

TEST_CASE("A client above its connections is told so, and has a place when one is closed",
          "[server]") {
  TransportOptions options;
  options.max_connections_per_client = 2;
  Server server({hello()}, options);
  HttpClient first(server.port());
  CHECK(status(first, "/hello") == 200);
  {
    HttpClient second(server.port());
    CHECK(status(second, "/hello") == 200);
    HttpClient third(server.port());
    const Answer refused = third.read();
    CHECK(refused.status == 429);
    CHECK(refused.has("\r\nRetry-After: 1\r\n"));
    CHECK(refused.has("\r\nConnection: close\r\n"));
    CHECK(third.at_end());
    CHECK(status(first, "/hello") == 200);
  }
  int last = 429;
  for (int i = 0; i < 10'000 && last != 200; ++i) {
    HttpClient again(server.port());
    last = status(again, "/hello");
  }
  CHECK(last == 200);
}

// ---- Heads

TEST_CASE("The size and the number of headers have limits", "[server]") {
  TransportOptions options;
  options.max_header_bytes = 1000;
  options.max_headers = 5;
  Server server({hello()}, options);
  const auto status_with = [&](const std::string& headers) {
    HttpClient client(server.port());
    return status(client, "/hello", headers);
  };
  CHECK(status_with("A: " + std::string(900, 'x') + "\r\n") == 200);
  CHECK(status_with("A: " + std::string(1000, 'x') + "\r\n") == 431);
  CHECK(status_with("A: 1\r\nB: 2\r\nC: 3\r\nD: 4\r\n") == 200);
  CHECK(status_with("A: 1\r\nB: 2\r\nC: 3\r\nD: 4\r\nE: 5\r\n") == 431);
}

// ---- Deadlines

TEST_CASE("A client may want its answer sooner than the server would give it up", "[server]") {
  std::atomic<std::int64_t> left_ms{0};
  const Handler handler = [&](const Request& request) {
    left_ms = std::chrono::duration_cast<std::chrono::milliseconds>(
                  request.deadline - std::chrono::steady_clock::now())
                  .count();
    return text(200, "");
  };
  Server server({get("/deadline", handler)});
  HttpClient client(server.port());
  const auto left = [&](const std::string& headers) {
    CHECK(status(client, "/deadline", headers) == 200);
    return left_ms.load();
  };
  const std::int64_t own = TransportOptions().request_timeout.count();
  CHECK(left("") > own / 2);
  CHECK(left("X-Request-Timeout: 20\r\n") <= 20'000);
  CHECK(left("X-Request-Timeout: 0.001\r\n") <= 1);
  CHECK(left("X-Request-Timeout: 1000000\r\n") <= own);
  CHECK(status(client, "/deadline", "X-Request-Timeout: -1\r\n") == 400);
}
