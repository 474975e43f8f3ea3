#include "features/encoded_rows.hpp"

#include <cmath>
#include <utility>

#include "core/number.hpp"

namespace mlserve::features {

EncodedRows::Form EncodedRows::form_of(const Feature& feature) noexcept {
  if (feature.is_categorical()) return Form::codes;
  return feature.is_text() ? Form::words : Form::numbers;
}

void EncodedRows::start(const Schema& schema) {
  columns_.resize(schema.features.size());
  for (std::size_t f = 0; f < columns_.size(); ++f) {
    ColumnValues& column = columns_[f];
    column.form = form_of(schema.features[f]);
    column.numbers.clear();
    column.codes.clear();
    column.words.clear();
    column.ends.clear();
  }
  size_ = 0;
}

std::size_t EncodedRows::append_missing() {
  for (ColumnValues& column : columns_) {
    if (column.form == Form::numbers) {
      column.numbers.push_back(kNaN);
      continue;
    }
    column.codes.push_back(kMissing);
    if (column.form == Form::words) column.ends.push_back(column.words.size());
  }
  return size_++;
}

void EncodedRows::set_words(std::size_t feature, std::span<const TermCount> words) {
  ColumnValues& column = columns_[feature];
  column.words.resize(size_ == 1 ? 0 : column.ends[size_ - 2]);  // a field may stand twice
  column.words.insert(column.words.end(), words.begin(), words.end());
  column.ends.back() = column.words.size();
  column.codes.back() = words.empty() ? kUnknown : kFirstCategory;
}

bool EncodedRows::is_missing(std::size_t row, std::size_t feature) const {
  const ColumnValues& column = columns_[feature];
  return column.form == Form::numbers ? std::isnan(column.numbers[row])
                                      : column.codes[row] == kMissing;
}

EncodedRows EncodedRows::from_columns(std::vector<ColumnValues> columns, std::size_t rows) {
  EncodedRows encoded;
  encoded.columns_ = std::move(columns);
  encoded.size_ = rows;
  return encoded;
}

}  // namespace mlserve::features
