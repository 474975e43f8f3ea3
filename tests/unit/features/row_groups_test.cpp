#include "features/row_groups.hpp"

#include <cstdint>
#include <limits>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "support/catch_shim.hpp"

using namespace mlserve::features;
using mlserve::data::Column;

namespace {

constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();

Column texts(const std::vector<std::uint32_t>& codes) {
  Column column;
  column.codes = codes;
  return column;
}

Column numbers(const std::vector<double>& values) {
  Column column;
  column.is_numbers = true;
  column.numbers = values;
  return column;
}

}  // namespace

TEST_CASE("Equal rows are one group, in order of first appearance", "[features]") {
  const Column a = texts({0, 1, 0, 1, 0, 0, 0, 0});
  const Column b = numbers({1, 1, 1, 2, 1, 1, 1, 1});
  const std::vector<double> targets = {0, 0, 0, 0, 1, 0, 0, 0};
  const RowGroups groups = group_rows(std::vector<const Column*>{&a, &b}, targets);
  CHECK(groups.size() == 4);
  CHECK(groups.first_row == std::vector<std::uint32_t>{0, 1, 3, 4});
  CHECK(groups.group_of_row == std::vector<std::uint32_t>{0, 1, 0, 2, 3, 0, 0, 0});
}

TEST_CASE("Rows without a target are in no group", "[features]") {
  const Column a = texts({0, 0, 0, 0, 0, 0});
  const std::vector<double> targets = {kNaN, 0, 1, kNaN, 0, 1};
  const RowGroups groups = group_rows(std::vector<const Column*>{&a}, targets);
  CHECK(groups.first_row == std::vector<std::uint32_t>{1, 2});
  CHECK(groups.group_of_row == std::vector<std::uint32_t>{kNoGroup, 0, 1, kNoGroup, 0, 1});
}

TEST_CASE("Missing numbers are equal to each other", "[features]") {
  const Column a = numbers({kNaN, 1, kNaN, 1, kNaN});
  const RowGroups groups = group_rows(std::vector<const Column*>{&a}, std::vector<double>(5, 0));
  CHECK(groups.size() == 2);
}

TEST_CASE("Groups have the counts that a map of the rows has, while their table grows",
          "[features]") {
  // 100,000 rows over 20,000 groups or so: the hash table of 16,384 slots grows twice.
  constexpr std::uint32_t kRows = 100'000;
  std::vector<std::uint32_t> codes;
  std::vector<double> values;
  std::vector<double> targets;
  for (std::uint32_t i = 0; i < kRows; ++i) {
    const std::uint32_t mixed = (i * 2654435761U) >> 12U;
    codes.push_back(i < 10'000 ? 0 : mixed % 211);
    values.push_back((i < 10'000 ? 0 : mixed / 211 % 97) / 2.0);
    targets.push_back(codes.back() % 2);
  }
  const Column a = texts(codes);
  const Column b = numbers(values);
  const RowGroups groups = group_rows(std::vector<const Column*>{&a, &b}, targets);
  std::map<std::pair<std::pair<std::uint32_t, double>, double>, std::uint32_t> expected;
  std::size_t wrong = 0;
  for (std::uint32_t i = 0; i < kRows; ++i) {
    const auto next = static_cast<std::uint32_t>(expected.size());
    const auto [known, is_new] = expected.try_emplace({{codes[i], values[i]}, targets[i]}, next);
    wrong += groups.group_of_row[i] != known->second;
    wrong += is_new && groups.first_row[next] != i;
  }
  CHECK(groups.size() == expected.size());
  CHECK(groups.size() > 16'384);
  CHECK(wrong == 0);
}

TEST_CASE("When most rows are different, each is a group of its own", "[features]") {
  const Column a = texts({0, 1, 2, 0, 3});
  const RowGroups groups =
      group_rows(std::vector<const Column*>{&a}, std::vector<double>{0, 0, kNaN, 0, 0});
  CHECK(groups.first_row == std::vector<std::uint32_t>{0, 1, 3, 4});
  CHECK(groups.group_of_row == std::vector<std::uint32_t>{0, 1, kNoGroup, 2, 3});
}

TEST_CASE("No rows have no groups", "[features]") { CHECK(group_rows({}, {}).size() == 0); }
