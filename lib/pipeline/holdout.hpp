#pragma once

#include <cstdint>
#include <span>
#include <vector>

namespace mlserve::pipeline {

/// Chooses a stratified random sample: of each class, round(share * its rows) rows. Rows without a
/// label (kNoLabel) are in none. The same for the same labels, share and seed, everywhere: Knuth's
/// selection sampling (The Art of Computer Programming 2, algorithm S) driven by std::mt19937_64.
/// Returns one flag a row: 1 if it is in the sample.
std::vector<unsigned char> stratified_sample(std::span<const unsigned char> labels,
                                             std::span<const std::uint64_t> class_counts,
                                             double share, std::uint64_t seed);

}  // namespace mlserve::pipeline
