#pragma once

#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "core/progress.hpp"
#include "data/csv_options.hpp"
#include "data/dictionary.hpp"
#include "data/input.hpp"

namespace mlserve::data {

/// One column of a Table, in one of two forms:
///  - texts: a code into `dictionary` for each row, the texts as they stand in the file;
///  - numbers: a double for each row, NaN where the file has a missing marker. Only a column with
///    thousands of different values, all of them numbers, takes this form.
struct Column {
  std::string name;
  bool is_numbers = false;
  std::vector<std::uint32_t> codes;
  Dictionary dictionary;
  std::vector<double> numbers;
};

/// Columns of one length, untyped as yet: what stands in the files, each different text once.
struct Table {
  std::vector<Column> columns;
  std::size_t rows = 0;
  std::string source;     ///< "a.csv", "a.csv and 2 more": for messages
  std::string data_hash;  ///< SHA-256 over the digests of the blocks of text, 64 hex digits
  /// The files: (their first row, their name), in the order of the rows.
  std::vector<std::pair<std::uint64_t, std::string>> files;
  /// Where rows span several lines or blank lines stand between: (row, line of that row), for the
  /// first row of a file and each row whose line is not the one after its predecessor's.
  std::vector<std::pair<std::uint64_t, std::uint64_t>> line_starts;

  const Column* find(const std::string& name) const;
  /// Where a row begins: "b.csv:17".
  std::string place_of(std::uint64_t row) const;
};

/// Given the header of the first file, the names of the columns to keep, in the order wanted;
/// throws if one is not there.
using ChooseColumns = std::function<std::vector<std::string>(const std::vector<std::string>&)>;

/// Reads CSV files whole, one after the other and some of them twice; the table is the same for any
/// number of threads. Each has the same columns, in any order; a delimiter that is not given is
/// found for each of them.
/// Throws Error(invalid_data) for bad CSV, for a file with other columns than the first and when
/// there is no row. `progress` is told of each block; it begins anew where all is read again.
Table read_table(std::span<const Input> inputs, const CsvOptions& options, unsigned threads,
                 const ChooseColumns& choose, const Progress& progress = {});

}  // namespace mlserve::data
