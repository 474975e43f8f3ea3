#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "features/schema.hpp"

namespace mlserve::features {

/// The only shape in which rows travel between a reader and a model: for each feature of the
/// schema, in its order, a column of doubles (numeric and boolean; NaN where missing) or of codes
/// (categorical; kMissing, kUnknown, kFirstCategory + k).
class EncodedRows {
 public:
  struct ColumnValues {
    bool is_codes = false;
    std::vector<double> numbers;
    std::vector<std::uint32_t> codes;
  };

  EncodedRows() = default;
  explicit EncodedRows(const Schema& schema) { start(schema); }

  /// Makes it empty, with the columns of `schema`; keeps the memory.
  void start(const Schema& schema);

  std::size_t size() const noexcept { return size_; }
  const std::vector<ColumnValues>& columns() const noexcept { return columns_; }

  /// Adds a row in which every feature is missing, and returns its number.
  std::size_t append_missing();
  void set_number(std::size_t row, std::size_t feature, double value) {
    columns_[feature].numbers[row] = value;
  }
  void set_code(std::size_t row, std::size_t feature, std::uint32_t code) {
    columns_[feature].codes[row] = code;
  }

  /// Takes whole columns, one a feature, all of `rows` values.
  static EncodedRows from_columns(std::vector<ColumnValues> columns, std::size_t rows);

 private:
  std::vector<ColumnValues> columns_;
  std::size_t size_ = 0;
};

}  // namespace mlserve::features
