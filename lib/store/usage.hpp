#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <mutex>

#include "store/database.hpp"

namespace mlserve::store {

/// How many bytes all blobs of a database take. Adding up looks at every blob, so it is done once a
/// second at most, takes a hundredth of the time at most, and nobody waits for it but the first.
/// Callable on several threads at once.
class Usage {
 public:
  std::uint64_t bytes(Database& database);

 private:
  std::mutex mutex_;  ///< of who adds up
  std::atomic<std::chrono::steady_clock::time_point> next_count_{};
  std::atomic<std::uint64_t> bytes_ = 0;
};

}  // namespace mlserve::store
