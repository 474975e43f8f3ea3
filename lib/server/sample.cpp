#include "server/sample.hpp"

#include <cstdint>

#include "server/scatter.hpp"

namespace mlserve::server {
namespace {

/// FNV-1a; its high bits change little with the last letters, so they are scattered.
std::uint64_t hash(std::string_view text) {
  std::uint64_t hash = 0xCBF29CE484222325U;
  for (const char c : text) hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001B3U;
  return scattered(hash);
}

}  // namespace

bool Sample::takes(std::string_view request_id) const noexcept {
  if (share_ >= 1 || share_ <= 0) return share_ >= 1;
  // The upper 53 bits as a number in [0, 1).
  return static_cast<double>(hash(request_id) >> 11U) * 0x1p-53 < share_;
}

}  // namespace mlserve::server
