#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "data/csv_reader.hpp"
#include "features/parsed_rows.hpp"
#include "features/schema.hpp"

namespace mlserve::features {

/// Parses blocks of CSV records into encoded rows; safe to share between threads.
/// `schema` and `csv` must outlive it.
class CsvRowParser {
 public:
  /// Columns named in `kept` are passed through. Throws Error(invalid_data), with the nearest name
  /// of the header, if a feature or a kept column is not there.
  CsvRowParser(const Schema& schema, const data::CsvReader& csv,
               const std::vector<std::string>& kept = {});

  /// Appends the records of `block` to `out`, which was started with the same schema. A value of
  /// the wrong kind or a record that cannot be split is a problem in `out`; text that is no UTF-8
  /// throws Error(invalid_data).
  void parse(data::CsvBlock& block, ParsedRows& out) const;

 private:
  void append(std::span<const std::string_view> fields, ParsedRows& out) const;
  std::string record_of(std::span<const std::string_view> fields,
                        const std::vector<std::string>& omitted) const;

  const Schema& schema_;
  const data::CsvReader& csv_;
  std::vector<std::size_t> feature_columns_;  ///< by feature: its column in the file
  std::vector<std::size_t> kept_columns_;
  std::vector<int> every_column_;  ///< 0, 1, 2 …: the slots of a split that keeps all fields
};

}  // namespace mlserve::features
