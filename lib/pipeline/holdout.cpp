#include "pipeline/holdout.hpp"

#include <cmath>
#include <cstddef>
#include <random>

#include "features/schema.hpp"

namespace mlserve::pipeline {

std::vector<unsigned char> stratified_sample(std::span<const unsigned char> labels,
                                             std::span<const std::uint64_t> class_counts,
                                             double share, std::uint64_t seed) {
  std::vector<double> rows_left(class_counts.begin(), class_counts.end());
  std::vector<double> wanted;
  wanted.reserve(rows_left.size());
  for (const double rows : rows_left) wanted.push_back(std::round(share * rows));

  std::mt19937_64 random(seed);
  const auto uniform = [&random] { return static_cast<double>(random() >> 11U) * 0x1p-53; };
  std::vector<unsigned char> chosen(labels.size(), 0);
  for (std::size_t row = 0; row < labels.size(); ++row) {
    const unsigned char label = labels[row];
    if (label == features::kNoLabel) continue;
    if (uniform() * rows_left[label] < wanted[label]) {
      chosen[row] = 1;
      wanted[label] -= 1;
    }
    rows_left[label] -= 1;
  }
  return chosen;
}

}  // namespace mlserve::pipeline
