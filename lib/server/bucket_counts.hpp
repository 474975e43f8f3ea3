#pragma once

#include <algorithm>
#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>

#include "server/metric_family.hpp"

namespace mlserve::server {

/// How many whole numbers were at most each of Bounds::kUpper, and their sum. Of them,
/// Bounds::kPerUnit are 1 in the unit of the metric: 1e9 nanoseconds are a second.
template <class Bounds>
class BucketCounts {
 public:
  void add(std::uint64_t value) noexcept {
    std::size_t bucket = 0;  // small values are the many ones
    while (bucket < Bounds::kUpper.size() && value > Bounds::kUpper[bucket]) ++bucket;
    ++counts_[bucket];
    sum_ += value;
  }
  void add(std::chrono::nanoseconds duration) noexcept {
    add(static_cast<std::uint64_t>(std::max<std::int64_t>(duration.count(), 0)));
  }

  void add(const BucketCounts& other) noexcept {
    for (std::size_t i = 0; i < counts_.size(); ++i) counts_[i] += other.counts_[i];
    sum_ += other.sum_;
  }

  std::uint64_t count() const noexcept {
    std::uint64_t count = 0;
    for (const std::uint64_t bucket : counts_) count += bucket;
    return count;
  }
  std::uint64_t sum() const noexcept { return sum_; }

  HistogramValue value() const {
    HistogramValue value;
    std::uint64_t below = 0;
    for (std::size_t i = 0; i < Bounds::kUpper.size(); ++i) {
      below += counts_[i];
      value.buckets.emplace_back(in_units(Bounds::kUpper[i]), below);
    }
    value.count = count();
    value.sum = in_units(sum_);
    return value;
  }

 private:
  static double in_units(std::uint64_t value) noexcept {
    return static_cast<double>(value) / Bounds::kPerUnit;
  }

  std::array<std::uint64_t, Bounds::kUpper.size() + 1> counts_{};
  std::uint64_t sum_ = 0;
};

/// Of answers, from what a small one takes to what nobody waits for.
struct LatencyBounds {
  static constexpr double kPerUnit = 1e9;
  static constexpr std::array<std::uint64_t, 18> kUpper = {
      50'000,      100'000,       250'000,       500'000,       1'000'000,      2'500'000,
      5'000'000,   10'000'000,    25'000'000,    50'000'000,    100'000'000,    250'000'000,
      500'000'000, 1'000'000'000, 2'500'000'000, 5'000'000'000, 10'000'000'000, 60'000'000'000};
};
using LatencyCounts = BucketCounts<LatencyBounds>;

/// Of the rows of one request.
struct RowBounds {
  static constexpr double kPerUnit = 1;
  static constexpr std::array<std::uint64_t, 7> kUpper = {1, 4, 16, 100, 1'000, 10'000, 100'000};
};
using RowCounts = BucketCounts<RowBounds>;

/// Of jobs, from small predictions to long trainings.
struct JobBounds {
  static constexpr double kPerUnit = 1e9;
  static constexpr std::array<std::uint64_t, 13> kUpper = {
      10'000'000,        50'000'000,        100'000'000,       500'000'000,     1'000'000'000,
      5'000'000'000,     10'000'000'000,    60'000'000'000,    300'000'000'000, 600'000'000'000,
      1'800'000'000'000, 3'600'000'000'000, 14'400'000'000'000};
};
using JobDurationCounts = BucketCounts<JobBounds>;

}  // namespace mlserve::server
