#include "features/value_bins.hpp"

#include <cstdint>
#include <limits>
#include <vector>

#include "support/catch_shim.hpp"

#include "support/schemas.hpp"

using namespace mlserve::features;
namespace testing = mlserve::testing;

using Counts = std::vector<std::uint64_t>;
using Doubles = std::vector<double>;

namespace {

/// What the bins of `feature` count of a column that `fill` sets row by row.
template <class Fill>
Counts counted(const Feature& feature, const ValueBins& bins, std::size_t rows, Fill fill) {
  Schema schema;
  schema.features = {feature};
  EncodedRows encoded(schema);
  for (std::size_t i = 0; i < rows; ++i) fill(encoded, encoded.append_missing());
  Counts counts(bins.size());
  bins.add(encoded.columns()[0], counts);
  return counts;
}

Counts counted_numbers(const Feature& feature, const ValueBins& bins, const Doubles& values) {
  return counted(feature, bins, values.size(),
                 [&](EncodedRows& rows, std::size_t row) { rows.set_number(row, 0, values[row]); });
}

Feature age() {
  Feature feature = testing::numeric("age", 0, 100);
  feature.missing = 7;
  feature.histogram = {{0, 25, 50, 75, 100}, {1, 2, 3, 4}};
  return feature;
}

}  // namespace

TEST_CASE("A number is counted in the bin of the histogram that training counted it in",
          "[features]") {
  const Feature feature = age();
  const ValueBins bins(feature, 17);
  const Counts counts = counted_numbers(feature, bins, {0, 24.9, 25, 75, 100, 100});
  CHECK(bins.population(counts) == Doubles{0, 2, 1, 0, 3});
  CHECK(bins.training() == Doubles{7, 1, 2, 3, 4});
  CHECK(bins.warnings(counts).out_of_range == 0);
}

TEST_CASE("Numbers outside of the range are counted, and compared as the end bins", "[features]") {
  const Feature feature = age();
  const ValueBins bins(feature, 17);
  const double missing = std::numeric_limits<double>::quiet_NaN();
  const Counts counts =
      counted_numbers(feature, bins, {-1, -1e300, 101, missing, missing, missing, 60});
  CHECK(bins.population(counts) == Doubles{3, 2, 0, 1, 1});
  CHECK(bins.warnings(counts).out_of_range == 3);
  CHECK(bins.warnings(counts).missing == 3);
  CHECK(bins.warnings(counts).unknown == 0);
}

TEST_CASE("A number that training never saw has a bin for values and one for none", "[features]") {
  Feature feature = testing::numeric("never", 0, 0);
  feature.missing = 5;
  const ValueBins bins(feature, 5);
  CHECK(bins.training() == Doubles{5, 0});
  CHECK(bins.population(counted_numbers(feature, bins, {0, 1, -1})) == Doubles{0, 3});
}

TEST_CASE("Every category has a bin, and the missing and the unknown have theirs", "[features]") {
  Feature feature = testing::categorical("port", {"C", "Q", "S"});
  feature.counts = {5, 0, 9};
  feature.missing = 2;
  const ValueBins bins(feature, 16);
  const std::vector<std::uint32_t> codes = {kMissing, kUnknown, kUnknown, kFirstCategory + 2};
  const Counts counts = counted(feature, bins, codes.size(), [&](EncodedRows& rows, std::size_t i) {
    rows.set_code(i, 0, codes[i]);
  });
  CHECK(bins.training() == Doubles{2, 0, 5, 0, 9});
  CHECK(bins.population(counts) == Doubles{1, 2, 0, 0, 1});
  CHECK(bins.warnings(counts).unknown == 2);
  CHECK(bins.warnings(counts).missing == 1);
  CHECK(bins.warnings(counts).out_of_range == 0);
}

TEST_CASE("A text is known, of unknown words, or missing", "[features]") {
  Feature feature = testing::text("note", {"good", "ship"});
  feature.missing = 4;
  const ValueBins bins(feature, 10);
  const std::vector<TermCount> words = {{1, 3}};
  const Counts counts = counted(feature, bins, 3, [&](EncodedRows& rows, std::size_t row) {
    if (row == 1) rows.set_words(0, {});
    if (row == 2) rows.set_words(0, words);
  });
  CHECK(bins.training() == Doubles{4, 0, 6});
  CHECK(bins.population(counts) == Doubles{1, 1, 1});
  CHECK(bins.warnings(counts).unknown == 1);
}
