#include "pipeline/splits.hpp"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "support/catch_shim.hpp"

namespace {

using namespace mlserve::pipeline;

/// 0 0 1 0 0 1 … with a row that is in no part now and then.
Strata mixed(std::size_t rows) {
  Strata strata;
  for (std::size_t i = 0; i < rows; ++i) strata.push_back(i % 11 == 7 ? kNoFold : i % 3 == 2);
  return strata;
}

/// Rows of a stratum in a part.
std::int64_t rows_of(const Strata& strata, const std::vector<Fold>& parts, std::uint32_t stratum,
                     Fold part) {
  std::int64_t rows = 0;
  for (std::size_t i = 0; i < strata.size(); ++i) rows += strata[i] == stratum && parts[i] == part;
  return rows;
}

}  // namespace

TEST_CASE("A holdout has exactly its share of each stratum, and no row that is in no part",
          "[pipeline]") {
  const Strata strata = mixed(1000);
  for (const double share : {0.0, 0.01, 0.2, 0.5, 0.9, 1.0}) {
    for (const std::uint64_t seed : {0U, 1U, 42U, 4'294'967'295U}) {
      const std::vector<Fold> parts = stratified_holdout(strata, share, seed);
      REQUIRE(parts.size() == strata.size());
      for (const std::uint32_t stratum : {0U, 1U}) {
        const auto rows = std::count(strata.begin(), strata.end(), stratum);
        CHECK(static_cast<double>(rows_of(strata, parts, stratum, 1)) ==
              std::round(share * static_cast<double>(rows)));
      }
      for (std::size_t i = 0; i < strata.size(); ++i)
        CHECK((parts[i] == kNoFold) == (strata[i] == kNoFold));
    }
  }
}

TEST_CASE("A holdout is decided by strata, share and seed", "[pipeline]") {
  const Strata strata = mixed(500);
  CHECK(stratified_holdout(strata, 0.2, 42) == stratified_holdout(strata, 0.2, 42));
  CHECK(stratified_holdout(strata, 0.2, 42) != stratified_holdout(strata, 0.2, 43));
  const std::vector<Fold> few = stratified_holdout(Strata(10, 0), 0.3, 42);
  CHECK(std::count(few.begin(), few.end(), 1U) == 3);
}

TEST_CASE("Every row is equally likely to be held out", "[pipeline]") {
  const Strata strata = mixed(33);
  constexpr int kSamples = 20'000;
  std::vector<int> times(strata.size(), 0);
  for (std::uint64_t seed = 0; seed < kSamples; ++seed) {
    const std::vector<Fold> parts = stratified_holdout(strata, 0.3, seed);
    for (std::size_t i = 0; i < strata.size(); ++i) times[i] += parts[i] == 1;
  }
  for (std::size_t i = 0; i < strata.size(); ++i) {
    if (strata[i] == kNoFold) {
      CHECK(times[i] == 0);
      continue;
    }
    const auto rows = static_cast<double>(std::count(strata.begin(), strata.end(), strata[i]));
    const double share = std::round(0.3 * rows) / rows;
    const double deviation = std::sqrt(kSamples * share * (1 - share));
    // Five standard deviations; the seeds are fixed, so the test is too.
    CHECK(std::abs(times[i] - kSamples * share) < 5 * deviation);
  }
}

TEST_CASE("Folds are of one size, and so is each stratum in them", "[pipeline]") {
  const Strata strata = mixed(1003);
  constexpr Fold kFolds = 7;
  const std::vector<Fold> folds = stratified_folds(strata, kFolds, 42);
  std::vector<std::int64_t> sizes(kFolds, 0);
  for (const std::uint32_t stratum : {0U, 1U}) {
    std::vector<std::int64_t> rows;
    for (Fold fold = 0; fold < kFolds; ++fold) {
      rows.push_back(rows_of(strata, folds, stratum, fold));
      sizes[fold] += rows.back();
    }
    CHECK(*std::max_element(rows.begin(), rows.end()) -
              *std::min_element(rows.begin(), rows.end()) <=
          1);
  }
  CHECK(*std::max_element(sizes.begin(), sizes.end()) -
            *std::min_element(sizes.begin(), sizes.end()) <=
        1);
  for (std::size_t i = 0; i < strata.size(); ++i)
    CHECK((folds[i] == kNoFold) == (strata[i] == kNoFold));
  CHECK(folds == stratified_folds(strata, kFolds, 42));
  CHECK(folds != stratified_folds(strata, kFolds, 43));
}

TEST_CASE("Parts of nothing are nothing", "[pipeline]") {
  CHECK(stratified_holdout({}, 0.5, 1).empty());
  CHECK(stratified_folds({}, 5, 1).empty());
  CHECK(stratified_holdout(Strata(3, kNoFold), 0.5, 1) == std::vector<Fold>(3, kNoFold));
}
