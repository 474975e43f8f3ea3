#include "server/offload.hpp"

#include <atomic>
#include <optional>
#include <stdexcept>
#include <utility>
#include <variant>

#include "support/catch_shim.hpp"

#include "support/http_server.hpp"
#include "support/signals.hpp"

using namespace mlserve::server;
using namespace mlserve::test;
using namespace std::chrono_literals;

namespace {

using Work = std::function<Response(const Request&)>;

Route offloaded(Executor& executor, Work work) {
  const Handler handler = [&executor, work = std::move(work)](Request request) {
    return offload(executor, std::move(request), work);
  };
  return {"POST", "/work", handler, {}, kMegabyte};
}

/// Work that a test lets end.
class SlowWork {
 public:
  Work work() {
    return [this](const Request& request) {
      ++begun_;
      entered.give();
      leave.wait();
      ended.give();
      return text(200, request.body);
    };
  }
  int begun() const { return begun_; }

  Signal entered;
  Signal leave;
  Signal ended;

 private:
  std::atomic<int> begun_{0};
};

TransportOptions one_worker() {
  TransportOptions options;
  options.workers = 1;
  return options;
}

}  // namespace

TEST_CASE("Offloaded work answers, and holds no worker of the transport", "[server]") {
  SlowWork slow;
  Executor executor(1, 10);
  Server server({offloaded(executor, slow.work()), hello()}, one_worker());
  HttpClient client(server.port());
  client.send(post_request("/work", "copied") + get_request("/hello"));
  REQUIRE(slow.entered.wait());
  CHECK(HttpClient(server.port()).exchange(get_request("/hello")).status == 200);
  slow.leave.give();
  CHECK(client.read().body == "copied");
  CHECK(client.read().body == "hello");
}

TEST_CASE("Offloaded work that is done before the connection is parked answers, too", "[server]") {
  Executor executor(2, 10);
  Server server({offloaded(executor, [](const Request& r) { return text(200, r.body); })});
  HttpClient client(server.port());
  for (int i = 0; i < 200; ++i) {
    REQUIRE(client.exchange(post_request("/work", std::to_string(i))).body == std::to_string(i));
  }
}

TEST_CASE("A request for a full executor is told to come later", "[server]") {
  SlowWork slow;
  Executor executor(1, 1);
  Server server({offloaded(executor, slow.work())});
  HttpClient running(server.port());
  running.send(post_request("/work", "running"));
  REQUIRE(slow.entered.wait());
  REQUIRE(executor.post([] {}));
  HttpClient refused(server.port());
  const Answer answer = refused.exchange(post_request("/work", "refused"));
  CHECK(answer.status == 503);
  CHECK(answer.has("Retry-After: 1\r\n"));
  CHECK(answer.has("Content-Type: application/problem+json\r\n"));
  CHECK_FALSE(answer.has("Connection: close"));
  slow.leave.give();
  CHECK(running.read().body == "running");
}

TEST_CASE("Requests that wait for an executor have so much memory in all", "[server]") {
  SlowWork slow;
  Executor executor(1, 10, 3 * kMegabyte);
  const auto begin = [&] {  // of a little more than a megabyte
    Request request;
    request.body.assign(kMegabyte, 'b');
    return offload(executor, std::move(request), slow.work());
  };
  const Outcome running = begin();
  REQUIRE(slow.entered.wait());
  std::optional<Outcome> waiting = begin();
  CHECK(std::holds_alternative<Parked>(*waiting));
  const Outcome refused = begin();
  REQUIRE(std::holds_alternative<Response>(refused));
  CHECK(std::get<Response>(refused).status == 503);
  CHECK(std::get<Response>(refused).headers.front().first == "Retry-After");

  waiting.reset();  // its client goes away
  const Outcome later = begin();
  CHECK(std::holds_alternative<Parked>(later));
  slow.leave.give();
  REQUIRE(slow.entered.wait());
  CHECK(std::holds_alternative<Parked>(begin()));  // the first one is done
  slow.leave.give();
}

TEST_CASE("Offloaded work that throws is a problem without its details", "[server]") {
  Executor executor(1, 10);
  Server server({offloaded(
      executor, [](const Request&) -> Response { throw std::runtime_error("password"); })});
  HttpClient client(server.port());
  const Answer answer = client.exchange(post_request("/work", ""));
  CHECK(answer.status == 500);
  CHECK(answer.has("Content-Type: application/problem+json\r\n"));
  CHECK(answer.body.find("password") == std::string::npos);
  CHECK(client.exchange(post_request("/work", "")).status == 500);
}

TEST_CASE("Offloaded work that is late gets 504, and is not begun if it has not been", "[server]") {
  SlowWork slow;
  Executor executor(1, 10);
  TransportOptions options;
  options.request_timeout = 60ms;
  Server server({offloaded(executor, slow.work())}, options);
  HttpClient running(server.port());
  HttpClient waiting(server.port());
  running.send(post_request("/work", ""));
  REQUIRE(slow.entered.wait());
  waiting.send(post_request("/work", ""));
  CHECK(running.read().status == 504);
  CHECK(waiting.read().status == 504);
  slow.leave.give();
  Signal behind;
  REQUIRE(executor.post([&] { behind.give(); }));
  REQUIRE(behind.wait());
  CHECK(slow.begun() == 1);
}

TEST_CASE("Offloaded work outlives its client; what has not begun does not", "[server]") {
  SlowWork slow;
  Signal dropped;
  Executor executor(1, 10);
  std::atomic<int> begun{0};
  const Handler drops = [&](Request request) {
    return offload(executor, std::move(request), [&, held = token(dropped)](const Request&) {
      ++begun;
      return Response();
    });
  };
  Server server({offloaded(executor, slow.work()), get("/drop", drops), hello()});
  {
    HttpClient running(server.port());
    running.send(post_request("/work", std::string(100'000, 'b')));
    REQUIRE(slow.entered.wait());
    HttpClient waiting(server.port());
    waiting.send(get_request("/drop"));
  }
  REQUIRE(dropped.wait());
  slow.leave.give();
  REQUIRE(slow.ended.wait());
  CHECK(begun == 0);
  CHECK(HttpClient(server.port()).exchange(get_request("/hello")).status == 200);
}

TEST_CASE("A server that stops waits for offloaded work", "[server]") {
  SlowWork slow;
  Executor executor(1, 10);
  Server server({offloaded(executor, slow.work()), hello()});
  HttpClient idle(server.port());
  CHECK(idle.exchange(get_request("/hello")).status == 200);
  HttpClient client(server.port());
  client.send(post_request("/work", "done"));
  REQUIRE(slow.entered.wait());
  server.stop();
  CHECK(idle.at_end());  // so the parked one has been told as well
  slow.leave.give();
  const Answer answer = client.read();
  CHECK(answer.body == "done");
  CHECK(answer.has("Connection: close"));
}

TEST_CASE("Offloaded work may outlive the transport", "[server]") {
  SlowWork slow;
  Executor executor(1, 10);
  TransportOptions options;
  options.drain_timeout = 20ms;
  Server server({offloaded(executor, slow.work())}, options);
  HttpClient client(server.port());
  client.send(post_request("/work", "late"));
  REQUIRE(slow.entered.wait());
  server.finish();
  CHECK(client.at_end());
  slow.leave.give();
  CHECK(slow.ended.wait());
}

TEST_CASE("Offloaded work may answer piece by piece", "[server]") {
  Executor executor(1, 10);
  Server server({offloaded(executor, [](const Request&) {
    Response response = text(200, "a");
    response.next_piece = [left = 3]() mutable { return std::string(left-- > 0 ? "b" : ""); };
    return response;
  })});
  HttpClient client(server.port());
  CHECK(client.exchange(post_request("/work", "")).body == "abbb");
  CHECK(client.exchange(post_request("/work", "")).body == "abbb");
}
