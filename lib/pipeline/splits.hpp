#pragma once

#include <cstdint>
#include <span>
#include <vector>

namespace mlserve::pipeline {

/// Number of the part that a row is in.
using Fold = std::uint32_t;
inline constexpr Fold kNoFold = UINT32_MAX;

/// Rows alike enough to be spread evenly over the parts: by row a number 0, 1, …, or kNoFold for a
/// row that is in no part.
using Strata = std::vector<std::uint32_t>;

/// Splits the rows in two: of each stratum round(share * its rows) random rows are in part 1, the
/// others in part 0. The same for the same strata, share and seed, everywhere: Knuth's selection
/// sampling (The Art of Computer Programming 2, algorithm S) driven by std::mt19937_64.
std::vector<Fold> stratified_holdout(const Strata& strata, double share, std::uint64_t seed);

/// Splits the rows in `folds` random parts of one size, give or take a row, and so each stratum.
std::vector<Fold> stratified_folds(const Strata& strata, Fold folds, std::uint64_t seed);

}  // namespace mlserve::pipeline
