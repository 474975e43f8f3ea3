#include "jobs/bell.hpp"

#include <chrono>
#include <thread>

#include "support/catch_shim.hpp"

using mlserve::jobs::Bell;
using std::chrono::steady_clock;

namespace {

steady_clock::time_point in_an_hour() { return steady_clock::now() + std::chrono::hours(1); }

}  // namespace

TEST_CASE("A ring between the look and the wait is not lost", "[jobs]") {
  Bell bell;
  const auto seen = bell.rings();
  bell.ring();
  bell.wait_until(seen, in_an_hour());
  CHECK(bell.rings() == seen + 1);
}

TEST_CASE("A ring wakes who waits", "[jobs]") {
  Bell bell;
  std::thread waiting([&] { bell.wait_until(0, in_an_hour()); });
  bell.ring();
  waiting.join();
  CHECK_FALSE(bell.stopped());
}

TEST_CASE("A stopped bell holds up nobody", "[jobs]") {
  Bell bell;
  std::thread waiting([&] { bell.wait_until(0, in_an_hour()); });
  std::thread pausing([&] { bell.pause(std::chrono::hours(1)); });
  bell.stop();
  waiting.join();
  pausing.join();
  bell.wait_until(bell.rings(), in_an_hour());
  CHECK(bell.stopped());
}

TEST_CASE("A bell that does not ring is waited for until the moment that was given", "[jobs]") {
  Bell bell;
  bell.wait_until(bell.rings(), steady_clock::now());
  CHECK(bell.rings() == 0);
}
