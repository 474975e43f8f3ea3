#include "store/backoff.hpp"

#include <chrono>

#include "support/catch_shim.hpp"

using mlserve::store::Backoff;
using namespace std::chrono_literals;

TEST_CASE("Backoff leaves a server alone twice as long after each failure, at most 5 s",
          "[store]") {
  Backoff backoff;
  Backoff::Clock::time_point now;
  CHECK(backoff.remaining(now) == 0ms);
  for (const auto pause : {100ms, 200ms, 400ms, 800ms, 1600ms, 3200ms, 5000ms, 5000ms}) {
    backoff.failed(now);
    CHECK(backoff.remaining(now) == pause);
    CHECK(backoff.remaining(now + pause - 1ns) == 1ms);
    now += pause;
    CHECK(backoff.remaining(now) == 0ms);
    CHECK(backoff.failing());
  }
}

TEST_CASE("Backoff begins anew after a success", "[store]") {
  Backoff backoff;
  const Backoff::Clock::time_point now;
  backoff.failed(now);
  backoff.failed(now);
  backoff.succeeded();
  CHECK(!backoff.failing());
  CHECK(backoff.remaining(now) == 0ms);
  backoff.failed(now);
  CHECK(backoff.remaining(now) == 100ms);
}
