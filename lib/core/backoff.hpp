#pragma once

#include <algorithm>
#include <chrono>

namespace mlserve {

/// How long to leave alone what has failed: 100 ms, and twice as long after each further failure,
/// up to 5 s. For one thread at a time.
class Backoff {
 public:
  /// The pause before the next try.
  std::chrono::milliseconds failed() {
    pause_ = std::clamp(2 * pause_, kShortest, kLongest);
    return pause_;
  }
  void succeeded() { pause_ = {}; }

  /// What `failed` gave last; zero after a success.
  std::chrono::milliseconds pause() const { return pause_; }

 private:
  static constexpr std::chrono::milliseconds kShortest{100};
  static constexpr std::chrono::milliseconds kLongest{5'000};

  std::chrono::milliseconds pause_{0};
};

}  // namespace mlserve
