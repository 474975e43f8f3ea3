#include "pipeline/splits.hpp"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <random>
#include <utility>

namespace mlserve::pipeline {
namespace {

/// Rows by stratum, in order.
std::vector<std::vector<std::size_t>> rows_of_strata(const Strata& strata) {
  std::vector<std::vector<std::size_t>> rows;
  for (std::size_t row = 0; row < strata.size(); ++row) {
    if (strata[row] == kNoFold) continue;
    if (strata[row] >= rows.size()) rows.resize(strata[row] + 1);
    rows[strata[row]].push_back(row);
  }
  return rows;
}

/// std::shuffle and the distributions differ between libraries; this does not.
class Random {
 public:
  explicit Random(std::uint64_t seed) : bits_(seed) {}

  /// In [0, 1).
  double uniform() { return static_cast<double>(bits_() >> 11U) * 0x1p-53; }

  void shuffle(std::vector<std::size_t>& rows) {
    for (std::size_t left = rows.size(); left > 1; --left) {
      const auto chosen = static_cast<std::size_t>(uniform() * static_cast<double>(left));
      std::swap(rows[chosen], rows[left - 1]);
    }
  }

 private:
  std::mt19937_64 bits_;
};

}  // namespace

std::vector<Fold> stratified_holdout(const Strata& strata, double share, std::uint64_t seed) {
  std::vector<double> rows_left;
  std::vector<double> wanted;
  for (const auto& rows : rows_of_strata(strata)) {
    rows_left.push_back(static_cast<double>(rows.size()));
    wanted.push_back(std::round(share * rows_left.back()));
  }
  Random random(seed);
  std::vector<Fold> part(strata.size(), kNoFold);
  for (std::size_t row = 0; row < strata.size(); ++row) {
    const std::uint32_t stratum = strata[row];
    if (stratum == kNoFold) continue;
    part[row] = random.uniform() * rows_left[stratum] < wanted[stratum] ? 1 : 0;
    wanted[stratum] -= part[row];
    rows_left[stratum] -= 1;
  }
  return part;
}

std::vector<Fold> stratified_folds(const Strata& strata, Fold folds, std::uint64_t seed) {
  Random random(seed);
  std::vector<Fold> fold(strata.size(), kNoFold);
  Fold next = 0;  // goes on from stratum to stratum, so that the folds are of one size
  for (std::vector<std::size_t>& rows : rows_of_strata(strata)) {
    random.shuffle(rows);
    for (const std::size_t row : rows) {
      fold[row] = next;
      next = (next + 1) % folds;
    }
  }
  return fold;
}

}  // namespace mlserve::pipeline
