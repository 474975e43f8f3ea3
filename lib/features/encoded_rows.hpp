#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <utility>
#include <vector>

#include "features/schema.hpp"
#include "features/tfidf.hpp"

namespace mlserve::features {

/// The only shape in which rows travel between a reader and a model: for each feature of the
/// schema, in its order, a column of doubles (numeric, boolean, date; NaN where missing), of codes
/// (categorical; kMissing, kUnknown, kFirstCategory + k) or of words with their codes (text).
class EncodedRows {
 public:
  enum class Form { numbers, codes, words };

  struct ColumnValues {
    Form form = Form::numbers;
    std::vector<double> numbers;
    std::vector<std::uint32_t> codes;
    std::vector<TermCount> words;   ///< row after row, in order of word
    std::vector<std::size_t> ends;  ///< by row: where its words end in `words`

    std::span<const TermCount> words_of(std::size_t row) const {
      const std::size_t begin = row == 0 ? 0 : ends[row - 1];
      return std::span(words).subspan(begin, ends[row] - begin);
    }
  };

  static Form form_of(const Feature& feature) noexcept;

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
  /// Only of the last row. `code` is kUnknown when `words` is empty, else kFirstCategory.
  void set_words(std::size_t feature, std::span<const TermCount> words);

  bool is_missing(std::size_t row, std::size_t feature) const;

  /// The values of one feature, moved out.
  ColumnValues take_column(std::size_t feature) && { return std::move(columns_[feature]); }

  /// Takes whole columns, one a feature, all of `rows` values.
  static EncodedRows from_columns(std::vector<ColumnValues> columns, std::size_t rows);

 private:
  std::vector<ColumnValues> columns_;
  std::size_t size_ = 0;
};

}  // namespace mlserve::features
