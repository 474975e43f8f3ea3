#include "core/backoff.hpp"

#include "support/catch_shim.hpp"

using mlserve::Backoff;
using namespace std::chrono_literals;

TEST_CASE("Backoff pauses twice as long after each failure, at most 5 s", "[core]") {
  Backoff backoff;
  CHECK(backoff.pause() == 0ms);
  for (const auto pause : {100ms, 200ms, 400ms, 800ms, 1600ms, 3200ms, 5000ms, 5000ms}) {
    CHECK(backoff.failed() == pause);
    CHECK(backoff.pause() == pause);
  }
}

TEST_CASE("Backoff begins anew after a success", "[core]") {
  Backoff backoff;
  backoff.failed();
  backoff.failed();
  backoff.succeeded();
  CHECK(backoff.pause() == 0ms);
  CHECK(backoff.failed() == 100ms);
}
