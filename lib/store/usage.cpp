#include "store/usage.hpp"

#include "store/blobs.hpp"

namespace mlserve::store {
namespace {

constexpr std::chrono::seconds kTrusted{1};

}  // namespace

std::uint64_t Usage::bytes(Database& database) {
  const auto now = std::chrono::steady_clock::now();
  const std::lock_guard lock(mutex_);
  if (!counted_at_ || now - *counted_at_ > kTrusted) {
    bytes_ = database.read([](Connection& connection) { return blobs::total_bytes(connection); });
    counted_at_ = now;
  }
  return bytes_;
}

}  // namespace mlserve::store
