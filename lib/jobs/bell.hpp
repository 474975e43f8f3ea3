#pragma once

#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <mutex>

namespace mlserve::jobs {

/// Wakes threads that wait for something to do. Rings are counted, so that none is lost between a
/// look at what there is to do and the wait. All calls may run on several threads at once.
class Bell {
 public:
  /// How often it has rung: to be asked before the look.
  std::uint64_t rings() const;

  /// Wakes one of the waiting threads, `ring_all` all of them.
  void ring();
  void ring_all();

  /// Returns when the bell has rung since `seen`, at the latest at `latest`, or when it is stopped.
  void wait_until(std::uint64_t seen, std::chrono::steady_clock::time_point latest);
  /// Rings do not shorten this wait, only `stop` does.
  void pause(std::chrono::milliseconds duration);

  void stop();
  bool stopped() const;

 private:
  bool has_news(std::uint64_t seen) const { return stopped_ || rings_ != seen; }

  mutable std::mutex mutex_;  ///< guards the rest
  std::condition_variable rung_;
  std::condition_variable stop_came_;
  std::uint64_t rings_ = 0;
  bool stopped_ = false;
};

}  // namespace mlserve::jobs
