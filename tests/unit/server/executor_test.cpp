#include "server/executor.hpp"

#include <atomic>
#include <future>
#include <stdexcept>

#include "support/catch_shim.hpp"

#include "support/signals.hpp"

using namespace mlserve::server;
using mlserve::test::Signal;
using mlserve::test::token;
using namespace std::chrono_literals;

namespace {

using Clock = std::chrono::steady_clock;

/// Holds one thread of an executor until `leave`.
class Blocker {
 public:
  explicit Blocker(Executor& executor) {
    REQUIRE(executor.post([this] {
      entered_.give();
      leave_.wait();
    }));
    REQUIRE(entered_.wait());
  }
  void leave() { leave_.give(); }

 private:
  Signal entered_;
  Signal leave_;
};

}  // namespace

TEST_CASE("One thread runs tasks in the order in which they were posted", "[server]") {
  std::string order;
  Signal done;
  Executor executor(1, 100);
  for (const char c : std::string("abcdefgh")) {
    REQUIRE(executor.post([&order, c] { order += c; }));
  }
  executor.post([&] { done.give(); });
  REQUIRE(done.wait());
  CHECK(order == "abcdefgh");
}

TEST_CASE("Several threads run tasks at the same time", "[server]") {
  Signal first;
  Signal second;
  std::promise<bool> met;
  Executor executor(2, 10);
  executor.post([&] {
    first.give();
    met.set_value(second.wait());
  });
  executor.post([&] {
    if (first.wait()) second.give();
  });
  CHECK(met.get_future().get());
}

TEST_CASE("A task beyond the capacity is not taken", "[server]") {
  std::atomic<int> runs{0};
  Signal done;
  Executor executor(1, 2);
  Blocker blocker(executor);
  CHECK(executor.post([&] { ++runs; }));
  CHECK(executor.post([&] {
    ++runs;
    done.give();
  }));
  CHECK_FALSE(executor.post([&] { ++runs; }));
  blocker.leave();
  REQUIRE(done.wait());
  CHECK(runs == 2);
  CHECK(executor.post([&] { done.give(); }));
  CHECK(done.wait());
}

TEST_CASE("Tasks for a time run as they are due, and before those that were posted", "[server]") {
  std::string order;
  Signal done;
  Executor executor(1, 10);
  Blocker blocker(executor);
  const SteadyTime past = Clock::now();
  executor.post([&] { order += 'e'; });
  executor.post_at(past + 2ns, [&] { order += 'c'; });
  executor.post_at(past, [&] { order += 'a'; });
  executor.post_at(past + 2ns, [&] { order += 'd'; });
  executor.post_at(past + 1ns, [&] { order += 'b'; });
  executor.post([&] { done.give(); });
  blocker.leave();
  REQUIRE(done.wait());
  CHECK(order == "abcde");
}

TEST_CASE("A task for a time does not run before", "[server]") {
  std::promise<SteadyTime> later;
  std::promise<SteadyTime> soon;
  Executor executor(1, 10);
  const SteadyTime begin = Clock::now();
  executor.post_at(begin + 60ms, [&] { later.set_value(Clock::now()); });
  executor.post_at(begin + 20ms, [&] { soon.set_value(Clock::now()); });
  CHECK(soon.get_future().get() >= begin + 20ms);
  CHECK(later.get_future().get() >= begin + 60ms);
}

TEST_CASE("A task for a time runs while another thread is busy", "[server]") {
  Executor executor(2, 10);
  for (int i = 0; i < 20; ++i) {
    Signal timer;
    std::promise<bool> ran;
    executor.post_at(Clock::now() + 2ms, [&] { timer.give(); });
    // Whichever thread looked after the timer, this may take it away from there.
    REQUIRE(executor.post([&] { ran.set_value(timer.wait()); }));
    REQUIRE(ran.get_future().get());
  }
}

TEST_CASE("A task that throws does not stop those behind it", "[server]") {
  Signal done;
  Executor executor(1, 10);
  executor.post([] { throw std::runtime_error("a mistake"); });
  executor.post([] { throw 1; });  // NOLINT(hicpp-exception-baseclass)
  executor.post([&] { done.give(); });
  CHECK(done.wait());
}

TEST_CASE("A task may post another one", "[server]") {
  Signal done;
  Executor executor(1, 1);
  executor.post(
      [&] { executor.post([&] { executor.post_at(Clock::now(), [&] { done.give(); }); }); });
  CHECK(done.wait());
}

TEST_CASE("A stopped executor has waited for what ran and destroyed what waited", "[server]") {
  std::atomic<bool> ended{false};
  std::atomic<int> runs{0};
  Signal posted;
  Signal timer;
  Signal entered;
  Executor executor(1, 10);
  executor.post([&] {
    entered.give();
    // Only a stop destroys the two that wait, and it comes back after this one.
    ended = posted.wait() && timer.wait();
  });
  REQUIRE(entered.wait());
  executor.post([&runs, held = token(posted)] { ++runs; });
  executor.post_at(Clock::now() + 1h, [&runs, held = token(timer)] { ++runs; });
  executor.stop();
  CHECK(ended);
  CHECK(runs == 0);
  CHECK_FALSE(executor.post([&] { ++runs; }));
  executor.post_at(Clock::now(), [&] { ++runs; });
  executor.stop();
  CHECK(runs == 0);
}
