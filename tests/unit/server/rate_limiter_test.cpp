#include "server/rate_limiter.hpp"

#include <string>
#include <thread>
#include <vector>

#include "support/catch_shim.hpp"

#include "support/errors.hpp"

using namespace mlserve;
using namespace mlserve::server;
using namespace std::chrono_literals;
using mlserve::testing::error_of;

namespace {

const SteadyTime kStart{1000h};

/// How many requests of `client` are let in at `now`.
int allowed(RateLimiter& limiter, const std::string& client, SteadyTime now) {
  int count = 0;
  while (count < 1000 && limiter.take(client, now) == 0ns) ++count;
  return count;
}

}  // namespace

TEST_CASE("A rate has a period, and a burst if one is said", "[server]") {
  const auto check = [](const char* text, std::uint64_t requests, std::chrono::seconds period,
                        std::uint64_t burst) {
    CAPTURE(text);
    const RateLimit limit = parse_rate_limit(text);
    CHECK(limit.requests == requests);
    CHECK(limit.period == period);
    CHECK(limit.burst == burst);
  };
  check("100/s", 100, 1s, 100);
  check("60/min", 60, 60s, 60);
  check("60/m:1", 60, 60s, 1);
  check("1000/h:50", 1000, 3600s, 50);
  check("1000000/s", 1'000'000, 1s, 1'000'000);
}

TEST_CASE("What is no rate is an error that says what one looks like", "[server]") {
  for (const char* text : {"", "100", "/s", "0/s", "-1/s", "1.5/s", "100/", "100/d",
                           "100/s:", "100/s:0", "100/s:x", "1000001/s", "5:100/s", "100/s/s"}) {
    CAPTURE(text);
    const auto error = error_of([&] { parse_rate_limit(text); });
    REQUIRE(error);
    CHECK(error->kind() == ErrorKind::invalid_argument);
    CHECK(error->what() ==
          "\"" + std::string(text) + "\" is no rate like 100/s, 60/min, 1000/h or 60/min:10");
  }
}

TEST_CASE("A burst is let in at once, then one request each interval", "[server]") {
  RateLimiter limiter({10, 1s, 3});
  CHECK(allowed(limiter, "a", kStart) == 3);
  CHECK(limiter.take("a", kStart) == 100ms);
  CHECK(limiter.take("a", kStart + 99ms) == 1ms);
  CHECK(limiter.take("a", kStart + 100ms) == 0ns);
  CHECK(limiter.take("a", kStart + 100ms) == 100ms);
  CHECK(allowed(limiter, "a", kStart + 300ms) == 2);
}

TEST_CASE("A client that was quiet has its burst again, and no more", "[server]") {
  RateLimiter limiter({10, 1s, 3});
  CHECK(allowed(limiter, "a", kStart) == 3);
  CHECK(allowed(limiter, "a", kStart + 1h) == 3);
}

TEST_CASE("Requests at the allowed rate are let in for ever", "[server]") {
  RateLimiter limiter({10, 1s, 1});
  SteadyTime now = kStart;
  for (int i = 0; i < 1000; ++i, now += 100ms) REQUIRE(limiter.take("a", now) == 0ns);
}

TEST_CASE("A refused request does not make the client wait longer", "[server]") {
  RateLimiter limiter({1, 1s, 1});
  CHECK(allowed(limiter, "a", kStart) == 1);
  for (int i = 0; i < 100; ++i) CHECK(limiter.take("a", kStart + 500ms) == 500ms);
  CHECK(limiter.take("a", kStart + 1s) == 0ns);
}

TEST_CASE("A clock that another thread has read earlier does no harm", "[server]") {
  RateLimiter limiter({10, 1s, 2});
  CHECK(limiter.take("a", kStart) == 0ns);
  CHECK(limiter.take("a", kStart - 1ms) == 1ms);
  CHECK(limiter.take("a", kStart) == 0ns);
}

TEST_CASE("Clients are counted apart", "[server]") {
  RateLimiter limiter({10, 1s, 3});
  CHECK(allowed(limiter, "a", kStart) == 3);
  CHECK(allowed(limiter, "b", kStart) == 3);
}

TEST_CASE("Of very many clients those that were quiet for longest are forgotten", "[server]") {
  RateLimiter limiter({1, 1h, 1}, 160);
  CHECK(allowed(limiter, "a", kStart) == 1);
  for (int i = 0; i < 10'000; ++i) {
    limiter.take("client " + std::to_string(i), kStart);
    if (i % 5 == 0) CHECK(limiter.take("a", kStart) > 0ns);  // it keeps asking: it is remembered
  }
  CHECK(limiter.size() <= 160);
  CHECK(allowed(limiter, "client 0", kStart) == 1);
}

TEST_CASE("Several threads let in no more than the limit", "[server]") {
  RateLimiter limiter({100, 1h, 100});
  std::vector<int> counts(4);
  std::vector<std::thread> threads;
  for (int& count : counts) {
    threads.emplace_back([&] {
      for (int i = 0; i < 1000; ++i) count += limiter.take("a", kStart) == 0ns ? 1 : 0;
    });
  }
  for (std::thread& thread : threads) thread.join();
  CHECK(counts[0] + counts[1] + counts[2] + counts[3] == 100);
}
