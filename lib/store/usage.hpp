#pragma once

#include <chrono>
#include <cstdint>
#include <mutex>
#include <optional>

#include "store/database.hpp"

namespace mlserve::store {

/// How many bytes all blobs of a database take; added up once a second at most, for it looks at
/// every blob. Callable on several threads at once.
class Usage {
 public:
  std::uint64_t bytes(Database& database);

 private:
  std::mutex mutex_;
  std::optional<std::chrono::steady_clock::time_point> counted_at_;
  std::uint64_t bytes_ = 0;
};

}  // namespace mlserve::store
