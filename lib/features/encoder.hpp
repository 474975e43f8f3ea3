#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string_view>
#include <utility>
#include <vector>

#include "data/table.hpp"
#include "features/encoded_rows.hpp"
#include "features/schema.hpp"

namespace mlserve::features {

/// The part of the encoding that is learned from rows: what stands in for a missing number.
/// Immutable after `fit`, so that all threads may share it.
class Encoder {
 public:
  Encoder() = default;

  /// One fill value a feature of the schema, NaN for the categorical ones.
  explicit Encoder(std::vector<double> fill_values) : fill_values_(std::move(fill_values)) {}

  /// Learns the mean of each numeric feature over the rows that have a value, row i counted
  /// `weights[i]` times. A feature without any value there is filled with the middle of its range.
  static Encoder fit(const Schema& schema, const EncodedRows& rows,
                     std::span<const double> weights);

  std::span<const double> fill_values() const noexcept { return fill_values_; }

 private:
  std::vector<double> fill_values_;
};

/// Why a cell cannot be a value of its feature: "a number".
struct CellProblem {
  std::string_view expected;
};

/// Puts the value that `text` stands for into row `row` of `rows`. An empty text or a missing
/// marker is missing, an unknown category is kUnknown; what makes no sense leaves the cell missing
/// and says so.
std::optional<CellProblem> encode_text(const Feature& feature, std::string_view text,
                                       EncodedRows& rows, std::size_t row, std::size_t f);

/// The rows of `table` with the numbers in `wanted`, in that order, as the schema of the same table
/// sees them. Each different text is encoded once.
EncodedRows encode_table(const Schema& schema, const data::Table& table,
                         std::span<const std::uint32_t> wanted);

}  // namespace mlserve::features
