#pragma once

#include <chrono>
#include <condition_variable>
#include <mutex>

namespace mlserve::store {

/// A mutex that is waited for until a point in time, for std::unique_lock and std::lock_guard. In
/// place of std::timed_mutex, whose pthread_mutex_clocklock the thread sanitizer of GCC 12 does not
/// see: it would take all that such a mutex guards for races.
class TimedMutex {
 public:
  void lock() {
    std::unique_lock lock(mutex_);
    freed_.wait(lock, [this] { return !taken_; });
    taken_ = true;
  }

  /// False when it was not free until `end`.
  template <class Clock, class Duration>
  bool try_lock_until(const std::chrono::time_point<Clock, Duration>& end) {
    std::unique_lock lock(mutex_);
    if (!freed_.wait_until(lock, end, [this] { return !taken_; })) return false;
    taken_ = true;
    return true;
  }

  void unlock() {
    const std::lock_guard lock(mutex_);
    taken_ = false;
    freed_.notify_one();
  }

 private:
  std::mutex mutex_;
  std::condition_variable freed_;
  bool taken_ = false;
};

}  // namespace mlserve::store
