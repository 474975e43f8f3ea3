#include "store/usage.hpp"

#include <algorithm>

#include "store/blobs.hpp"

namespace mlserve::store {
namespace {

using Clock = std::chrono::steady_clock;

constexpr std::chrono::seconds kShortestTrust{1};
constexpr int kShare = 100;

}  // namespace

std::uint64_t Usage::bytes(Database& database) {
  const Clock::time_point due = next_count_;
  if (Clock::now() < due) return bytes_;
  std::unique_lock lock(mutex_, std::defer_lock);
  const bool is_first = due == Clock::time_point();
  if (is_first) {
    lock.lock();
  } else if (!lock.try_lock()) {
    return bytes_;
  }
  const Clock::time_point begin = Clock::now();
  if (begin < next_count_.load()) return bytes_;
  bytes_ = database.read([](Connection& connection) { return blobs::total_bytes(connection); });
  const Clock::time_point end = Clock::now();
  next_count_ = end + std::max<Clock::duration>(kShortestTrust, kShare * (end - begin));
  return bytes_;
}

}  // namespace mlserve::store
