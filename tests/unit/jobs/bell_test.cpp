#include "jobs/bell.hpp"

#include <chrono>
#include <thread>

#include "support/catch_shim.hpp"

using mlserve::jobs::Bell;

TEST_CASE("A ring between the look and the wait is not lost", "[jobs]") {
  Bell bell;
  const auto seen = bell.rings();
  bell.ring();
  bell.wait(seen);
  CHECK(bell.rings() == seen + 1);
}

TEST_CASE("A ring wakes who waits", "[jobs]") {
  Bell bell;
  std::thread waiting([&] { bell.wait(0); });
  bell.ring();
  waiting.join();
  CHECK_FALSE(bell.stopped());
}

TEST_CASE("A stopped bell holds up nobody", "[jobs]") {
  Bell bell;
  std::thread waiting([&] { bell.wait(0); });
  std::thread pausing([&] { bell.pause(std::chrono::hours(1)); });
  bell.stop();
  waiting.join();
  pausing.join();
  bell.wait(bell.rings());
  CHECK(bell.stopped());
}
