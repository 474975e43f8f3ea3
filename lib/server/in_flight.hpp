#pragma once

#include <atomic>
#include <cstddef>

#include "server/hooks.hpp"

namespace mlserve::server {

/// The requests whose head has come and whose answer has not been made. All calls may run on
/// several threads at once.
class InFlight {
 public:
  explicit InFlight(std::size_t max) : max_(max) {}

  /// Counts a request as long as the place lives. Throws Refusal(503), to come again soon, when
  /// there are `max` already: a longer queue would only make all wait.
  Admission enter();

  std::size_t count() const noexcept { return count_.load(std::memory_order_relaxed); }

 private:
  const std::size_t max_;
  std::atomic<std::size_t> count_{0};
};

}  // namespace mlserve::server
