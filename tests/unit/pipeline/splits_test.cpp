#include "pipeline/holdout.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "support/catch_shim.hpp"

#include "features/schema.hpp"

namespace {

using mlserve::features::kNoLabel;
using mlserve::pipeline::stratified_sample;
using Labels = std::vector<unsigned char>;

std::vector<std::uint64_t> counts_of(const Labels& labels) {
  std::vector<std::uint64_t> counts(2);
  for (const unsigned char label : labels) {
    if (label != kNoLabel) ++counts[label];
  }
  return counts;
}

std::array<std::uint64_t, 2> chosen_of_each(const Labels& labels, const Labels& chosen) {
  std::array<std::uint64_t, 2> rows{};
  for (std::size_t i = 0; i < labels.size(); ++i) {
    if (chosen[i] != 0) ++rows.at(labels[i]);
  }
  return rows;
}

/// 0 0 1 0 0 1 … with a row without a label now and then.
Labels mixed(std::size_t rows) {
  Labels labels;
  for (std::size_t i = 0; i < rows; ++i) {
    labels.push_back(i % 11 == 7 ? kNoLabel : static_cast<unsigned char>(i % 3 == 2));
  }
  return labels;
}

}  // namespace

TEST_CASE("A stratified sample has exactly its share of each class, and no row without a label",
          "[pipeline]") {
  const Labels labels = mixed(1000);
  const auto counts = counts_of(labels);
  for (const double share : {0.0, 0.01, 0.2, 0.5, 0.9, 1.0}) {
    for (const std::uint64_t seed : {0U, 1U, 42U, 4'294'967'295U}) {
      const Labels chosen = stratified_sample(labels, counts, share, seed);
      REQUIRE(chosen.size() == labels.size());
      const auto rows = chosen_of_each(labels, chosen);  // throws for a row without a label
      for (std::size_t k = 0; k < 2; ++k) {
        CHECK(static_cast<double>(rows.at(k)) ==
              std::round(share * static_cast<double>(counts[k])));
      }
    }
  }
}

TEST_CASE("A sample is decided by labels, share and seed", "[pipeline]") {
  const Labels labels = mixed(500);
  const auto counts = counts_of(labels);
  CHECK(stratified_sample(labels, counts, 0.2, 42) == stratified_sample(labels, counts, 0.2, 42));
  CHECK(stratified_sample(labels, counts, 0.2, 42) != stratified_sample(labels, counts, 0.2, 43));
  // The very rows, so that a model trained elsewhere or later has the same metrics.
  const Labels few = stratified_sample(Labels(10, 0), std::vector<std::uint64_t>{10, 0}, 0.3, 42);
  CHECK(std::count(few.begin(), few.end(), 1) == 3);
}

TEST_CASE("Every row is equally likely to be in a sample", "[pipeline]") {
  const Labels labels = mixed(33);
  const auto counts = counts_of(labels);
  constexpr int kSamples = 20'000;
  std::vector<int> times(labels.size(), 0);
  for (std::uint64_t seed = 0; seed < kSamples; ++seed) {
    const Labels chosen = stratified_sample(labels, counts, 0.3, seed);
    for (std::size_t i = 0; i < labels.size(); ++i) times[i] += chosen[i];
  }
  for (std::size_t i = 0; i < labels.size(); ++i) {
    if (labels[i] == kNoLabel) {
      CHECK(times[i] == 0);
      continue;
    }
    const auto rows = static_cast<double>(counts[labels[i]]);
    const double share = std::round(0.3 * rows) / rows;
    const double deviation = std::sqrt(kSamples * share * (1 - share));
    // Five standard deviations; the seeds are fixed, so the test is too.
    CHECK(std::abs(times[i] - kSamples * share) < 5 * deviation);
  }
}

TEST_CASE("A sample of nothing is nothing", "[pipeline]") {
  CHECK(stratified_sample({}, std::vector<std::uint64_t>{0, 0}, 0.5, 1).empty());
  CHECK(stratified_sample(Labels(3, kNoLabel), std::vector<std::uint64_t>{0, 0}, 0.5, 1) ==
        Labels(3, 0));
}
