#include "server/poller.hpp"

#include "support/catch_shim.hpp"

using mlserve::server::Poller;
using namespace std::chrono_literals;
using Clock = std::chrono::steady_clock;

TEST_CASE("Posted notes come out in their order", "[server]") {
  Poller poller;
  poller.post(1, 2);
  poller.post(3, 4);
  const auto first = poller.wait();
  const auto second = poller.wait();
  REQUIRE(first);
  REQUIRE(second);
  CHECK(first->connection == 1);
  CHECK(first->notes == 2);
  CHECK(second->connection == 3);
  poller.quit();
  CHECK_FALSE(poller.wait());
}

TEST_CASE("A probe finds how long events wait, those before it included", "[server]") {
  Poller poller;
  const auto now = Clock::now();
  CHECK(poller.delay(now) == 0ns);
  poller.post(1, 0);
  poller.probe(now - 1h);
  poller.probe(now);  // the first one is still on its way
  CHECK(poller.delay(now) == 1h);
  poller.wait();
  CHECK(poller.delay(now) == 1h);
  poller.post(2, 0);
  CHECK(poller.wait()->connection == 2);
  CHECK(poller.delay(now) >= 1h);
}

TEST_CASE("A probe that nothing waited before finds no delay, whatever the last one found",
          "[server]") {
  Poller poller;
  poller.probe(Clock::now() - 1h);
  poller.post(1, 0);
  poller.wait();
  const auto now = Clock::now();
  poller.probe(now);
  poller.post(2, 0);
  poller.wait();
  CHECK(poller.delay(now) < 1h);
}
