#include "features/row_groups.hpp"

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <cstddef>
#include <utility>

namespace mlserve::features {
namespace {

/// Rows hashed at a time, and how often it is asked whether grouping pays.
constexpr std::size_t kBlockRows = 4096;
/// With more groups than this share of the rows, grouping costs more than it saves.
constexpr double kWorthwhileShare = 0.5;

std::uint64_t mix(std::uint64_t hash, std::uint64_t value) {
  hash = (hash ^ value) * 0x9E3779B97F4A7C15U;
  return hash ^ (hash >> 32U);
}

class Grouping {
 public:
  Grouping(std::span<const data::Column* const> columns, std::span<const double> targets)
      : columns_(columns), targets_(targets), slots_(kInitialSlots, kNoGroup) {
    groups_.group_of_row.reserve(targets.size());
  }

  /// False when it was given up.
  bool run() {
    for (std::size_t begin = 0; begin < targets_.size(); begin += kBlockRows) {
      const std::size_t end = std::min(begin + kBlockRows, targets_.size());
      hash_rows(begin, end);
      for (std::size_t row = begin; row < end; ++row) {
        groups_.group_of_row.push_back(
            std::isnan(targets_[row]) ? kNoGroup : group_of(row, hashes_[row - begin]));
      }
      if (static_cast<double>(groups_.size()) > kWorthwhileShare * static_cast<double>(end))
        return false;
    }
    return true;
  }

  RowGroups take() { return std::move(groups_); }

 private:
  static constexpr std::size_t kInitialSlots = std::size_t{1} << 14;

  void hash_rows(std::size_t begin, std::size_t end) {
    for (std::size_t row = begin; row < end; ++row)
      hashes_[row - begin] = std::bit_cast<std::uint64_t>(targets_[row]);
    for (const data::Column* column : columns_) {
      for (std::size_t row = begin; row < end; ++row) {
        hashes_[row - begin] = mix(hashes_[row - begin], bits(*column, row));
      }
    }
  }

  static std::uint64_t bits(const data::Column& column, std::size_t row) {
    return column.is_numbers ? std::bit_cast<std::uint64_t>(column.numbers[row])
                             : column.codes[row];
  }

  std::uint32_t group_of(std::size_t row, std::uint64_t hash) {
    const std::size_t mask = slots_.size() - 1;
    std::size_t slot = hash & mask;
    while (slots_[slot] != kNoGroup && !equal(groups_.first_row[slots_[slot]], row)) {
      slot = (slot + 1) & mask;
    }
    if (slots_[slot] != kNoGroup) return slots_[slot];
    const auto group = static_cast<std::uint32_t>(groups_.size());
    slots_[slot] = group;
    groups_.first_row.push_back(static_cast<std::uint32_t>(row));
    group_hashes_.push_back(hash);
    if (groups_.size() * 2 > slots_.size()) grow();
    return group;
  }

  bool equal(std::size_t a, std::size_t b) const {
    return targets_[a] == targets_[b] &&
           std::all_of(columns_.begin(), columns_.end(), [&](const data::Column* column) {
             return bits(*column, a) == bits(*column, b);
           });
  }

  void grow() {
    slots_.assign(slots_.size() * 2, kNoGroup);
    const std::size_t mask = slots_.size() - 1;
    for (std::uint32_t group = 0; group < groups_.size(); ++group) {
      std::size_t slot = group_hashes_[group] & mask;
      while (slots_[slot] != kNoGroup) slot = (slot + 1) & mask;
      slots_[slot] = group;
    }
  }

  std::span<const data::Column* const> columns_;
  std::span<const double> targets_;
  std::array<std::uint64_t, kBlockRows> hashes_{};
  std::vector<std::uint32_t> slots_;  ///< groups by hash, open addressing, at most half full
  std::vector<std::uint64_t> group_hashes_;
  RowGroups groups_;
};

RowGroups each_row_alone(std::span<const double> targets) {
  RowGroups groups;
  groups.group_of_row.reserve(targets.size());
  for (std::size_t row = 0; row < targets.size(); ++row) {
    const bool labelled = !std::isnan(targets[row]);
    groups.group_of_row.push_back(labelled ? static_cast<std::uint32_t>(groups.size()) : kNoGroup);
    if (labelled) groups.first_row.push_back(static_cast<std::uint32_t>(row));
  }
  return groups;
}

}  // namespace

RowGroups group_rows(std::span<const data::Column* const> columns,
                     std::span<const double> targets) {
  Grouping grouping(columns, targets);
  return grouping.run() ? grouping.take() : each_row_alone(targets);
}

}  // namespace mlserve::features
