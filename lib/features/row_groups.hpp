#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "data/table.hpp"

namespace mlserve::features {

/// Rows that are equal in all features and in their target, counted once: a fit costs what
/// the groups cost. Rows without a target are in no group.
struct RowGroups {
  std::vector<std::uint32_t> first_row;     ///< by group, in order of first appearance
  std::vector<std::uint32_t> group_of_row;  ///< kNoGroup for a row without a target

  std::size_t size() const noexcept { return first_row.size(); }
};

inline constexpr std::uint32_t kNoGroup = UINT32_MAX;

/// Groups the rows of `columns` (of one table) and `targets` (NaN: left out), fewer than 2^32.
/// When grouping would not pay, because most rows are different, each row is a group of its own.
RowGroups group_rows(std::span<const data::Column* const> columns, std::span<const double> targets);

}  // namespace mlserve::features
