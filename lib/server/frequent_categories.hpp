#pragma once

#include <algorithm>
#include <cstddef>
#include <numeric>
#include <vector>

#include "features/schema.hpp"

namespace mlserve::server {

/// Numbers of a feature's categories or words, the most frequent ones first.
inline std::vector<std::size_t> by_frequency(const features::Feature& feature) {
  std::vector<std::size_t> order(feature.categories.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::ranges::stable_sort(
      order, [&](std::size_t a, std::size_t b) { return feature.counts[a] > feature.counts[b]; });
  return order;
}

}  // namespace mlserve::server
