#include "store/timed_mutex.hpp"

#include <chrono>
#include <mutex>
#include <thread>
#include <vector>

#include "support/catch_shim.hpp"

namespace {

using namespace std::chrono_literals;
using mlserve::store::TimedMutex;
using Clock = std::chrono::steady_clock;

}  // namespace

TEST_CASE("A timed mutex lets one thread in at a time", "[store]") {
  TimedMutex mutex;
  int counter = 0;  // a race, if two were in
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t) {
    threads.emplace_back([&, waits = t % 2 == 0] {
      for (int i = 0; i < 2000; ++i) {
        if (waits) {
          const std::lock_guard lock(mutex);
          ++counter;
        } else {
          const std::unique_lock lock(mutex, Clock::now() + 1min);
          if (lock) ++counter;
        }
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  CHECK(counter == 8000);
}

TEST_CASE("A timed mutex that stays taken is not waited for beyond the end", "[store]") {
  TimedMutex mutex;
  std::unique_lock taken(mutex);
  const auto end = Clock::now() + 20ms;
  std::thread([&] { CHECK_FALSE(std::unique_lock(mutex, end).owns_lock()); }).join();
  CHECK(Clock::now() >= end);
  taken.unlock();
  std::thread([&] { CHECK(std::unique_lock(mutex, Clock::now() + 1min).owns_lock()); }).join();
}
