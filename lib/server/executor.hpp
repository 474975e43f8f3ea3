#pragma once

#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <mutex>
#include <thread>
#include <vector>

#include "server/byte_budget.hpp"
#include "server/http.hpp"

namespace mlserve::server {

/// Threads for what may wait, a database above all, beside the workers of a transport, which must
/// not. Tasks begin in the order in which they were posted; one whose time has come goes first.
///
/// A task keeps its errors to itself: what it throws is lost. All calls may run on several threads
/// at once, those of tasks included, but for `stop` and the destructor.
class Executor {
 public:
  using Task = std::function<void()>;

  /// Of requests that wait for a thread, in all.
  static constexpr std::size_t kMaxRequestBytes = std::size_t{32} << 20;

  /// At least one thread.
  Executor(unsigned threads, std::size_t capacity,
           std::size_t max_request_bytes = kMaxRequestBytes);
  ~Executor();

  Executor(const Executor&) = delete;
  Executor& operator=(const Executor&) = delete;

  /// Has `task` run soon. False, and nothing will be run, when `capacity` tasks wait already or
  /// the executor has stopped.
  bool post(Task task);

  /// Has `task` run when `due` has come. Takes any number of tasks; none after `stop`.
  void post_at(SteadyTime due, Task task);

  /// For the memory of the requests that wait for a thread, or run on one.
  ByteBudget& request_memory() noexcept { return request_memory_; }

  /// Destroys the tasks that have not begun, and waits for those that run. Not from a task.
  void stop();

 private:
  struct Timer {
    SteadyTime due;
    std::uint64_t number;  // of two that are due at once the first one posted comes first
    Task task;
  };
  static bool later(const Timer& a, const Timer& b) noexcept;

  void work();
  Task take();
  Task take_timer();
  Task take_posted();
  void wait(std::unique_lock<std::mutex>& lock);
  void drop_waiting();

  const std::size_t capacity_;
  ByteBudget request_memory_;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<Task> posted_;
  std::vector<Timer> timers_;  // a heap: the next one in front
  std::uint64_t timer_count_ = 0;
  bool stopped_ = false;
  std::vector<std::thread> threads_;
};

}  // namespace mlserve::server
