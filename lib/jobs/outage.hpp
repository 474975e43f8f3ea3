#pragma once

#include <algorithm>
#include <atomic>
#include <chrono>
#include <exception>
#include <string>

#include "core/log.hpp"

namespace mlserve::jobs {

/// Says once that the store cannot be had, and once that it can be had again, however many threads
/// find out.
class Outage {
 public:
  explicit Outage(Log& log) : log_(log) {}

  void begin(const std::exception& error) {
    if (!lasts_.exchange(true))
      log_.warning(std::string("the store is not to be had, tried again: ") + error.what());
  }
  void end() {
    if (lasts_.exchange(false)) log_.info("the store is back");
  }
  bool lasts() const noexcept { return lasts_; }

 private:
  Log& log_;
  std::atomic<bool> lasts_ = false;
};

/// How long to wait before the next try: 100 ms, then twice as long each time, up to 5 s.
class Backoff {
 public:
  std::chrono::milliseconds next() {
    const std::chrono::milliseconds now = wait_;
    wait_ = std::min(2 * wait_, std::chrono::milliseconds(5'000));
    return now;
  }

 private:
  std::chrono::milliseconds wait_{100};
};

}  // namespace mlserve::jobs
