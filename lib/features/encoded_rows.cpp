#include "features/encoded_rows.hpp"

#include <limits>
#include <utility>

namespace mlserve::features {

void EncodedRows::start(const Schema& schema) {
  columns_.resize(schema.features.size());
  for (std::size_t f = 0; f < columns_.size(); ++f) {
    columns_[f].is_codes = schema.features[f].is_categorical();
    columns_[f].numbers.clear();
    columns_[f].codes.clear();
  }
  size_ = 0;
}

std::size_t EncodedRows::append_missing() {
  for (ColumnValues& column : columns_) {
    if (column.is_codes) {
      column.codes.push_back(kMissing);
    } else {
      column.numbers.push_back(std::numeric_limits<double>::quiet_NaN());
    }
  }
  return size_++;
}

EncodedRows EncodedRows::from_columns(std::vector<ColumnValues> columns, std::size_t rows) {
  EncodedRows encoded;
  encoded.columns_ = std::move(columns);
  encoded.size_ = rows;
  return encoded;
}

}  // namespace mlserve::features
