#pragma once

#include <algorithm>
#include <chrono>

namespace mlserve::store {

/// How long to leave a server alone that could not be reached: 100 ms, and twice as long after
/// each further failure, up to 5 s. For one thread at a time.
class Backoff {
 public:
  using Clock = std::chrono::steady_clock;

  void failed(Clock::time_point now) {
    pause_ = failing() ? std::min(2 * pause_, kLongest) : kShortest;
    next_try_ = now + pause_;
  }
  void succeeded() { pause_ = {}; }

  /// Whether the latest try failed.
  bool failing() const { return pause_ > std::chrono::milliseconds::zero(); }
  /// Time until the next try is due; zero when it is.
  std::chrono::milliseconds remaining(Clock::time_point now) const {
    if (!failing() || now >= next_try_) return {};
    return std::chrono::ceil<std::chrono::milliseconds>(next_try_ - now);
  }

 private:
  static constexpr std::chrono::milliseconds kShortest{100};
  static constexpr std::chrono::milliseconds kLongest{5'000};

  std::chrono::milliseconds pause_{0};
  Clock::time_point next_try_;
};

}  // namespace mlserve::store
