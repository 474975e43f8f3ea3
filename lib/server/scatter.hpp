#pragma once

#include <cstdint>

namespace mlserve::server {

/// Each word has another image, and neighbours have nothing in common: the finaliser of SplitMix64.
constexpr std::uint64_t scattered(std::uint64_t word) noexcept {
  word = (word ^ (word >> 30U)) * 0xBF58476D1CE4E5B9U;
  word = (word ^ (word >> 27U)) * 0x94D049BB133111EBU;
  return word ^ (word >> 31U);
}

}  // namespace mlserve::server
