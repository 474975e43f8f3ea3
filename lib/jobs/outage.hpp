#pragma once

#include <atomic>
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

}  // namespace mlserve::jobs
