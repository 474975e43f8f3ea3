#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "data/dictionary.hpp"

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

/// Columns of one length, untyped as yet: what stands in a file, each different text once.
struct Table {
  std::vector<Column> columns;
  std::size_t rows = 0;
  std::string source;     ///< name of the file, for messages
  std::string data_hash;  ///< SHA-256 over the digests of the blocks of text, 64 hex digits
  /// Where rows span several lines or blank lines stand between: (row, line of that row), for the
  /// first row and each row whose line is not the one after its predecessor's.
  std::vector<std::pair<std::uint64_t, std::uint64_t>> line_starts;

  const Column* find(const std::string& name) const;
  /// Line of a row in the file, 1-based.
  std::uint64_t line_of(std::uint64_t row) const;
};

/// Given the header of a file, the names of the columns to keep, in the order wanted; throws if one
/// is not there.
using ChooseColumns = std::function<std::vector<std::string>(const std::vector<std::string>&)>;

/// Reads a CSV file ("-": standard input) whole; the table is the same for any number of threads.
/// Throws Error(invalid_data) for bad CSV and for a file without a row.
Table read_table(const std::string& path, unsigned threads, const ChooseColumns& choose);

}  // namespace mlserve::data
