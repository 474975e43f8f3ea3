#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/error.hpp"
#include "data/byte_source.hpp"
#include "data/csv_options.hpp"
#include "data/csv_reader.hpp"
#include "data/json_records.hpp"
#include "features/json_rows.hpp"
#include "features/parsed_rows.hpp"
#include "features/schema.hpp"

namespace mlserve::pipeline {

enum class FileFormat { json, jsonl, csv };

std::optional<FileFormat> parse_format(std::string_view name);
std::string_view format_name(FileFormat format);
/// By the ending of a file's name in any case, ".gz" left out of account: .json, .jsonl, .ndjson,
/// .csv.
std::optional<FileFormat> format_of_path(std::string_view path);

/// Some rows on their way from a file to the scorer; one thread works on it at a time.
struct RowBlock {
  features::ParsedRows parsed;

  // The raw text, of the one or the other format.
  data::CsvBlock csv;
  data::RecordBlock json;
  std::optional<features::JsonRowParser> json_parser;  ///< made on first use, kept for its buffers

  std::size_t bytes() const { return csv.text.size() + json.text.size(); }
};

/// Rows of an input file, whatever its format. `read` is for one thread at a time, the other
/// calls may run on several at once, on different blocks.
class RowReader {
 public:
  virtual ~RowReader() = default;

  /// Takes the next bytes; false at the end. Throws Error(invalid_data) where the file as a whole
  /// cannot be followed any more.
  virtual bool read(RowBlock& block) = 0;

  /// Turns them into `block.parsed`.
  virtual void parse(RowBlock& block) const = 0;

  /// Line (CSV, JSON Lines) or record (JSON list) of a row, 1-based.
  virtual std::uint64_t number(const RowBlock& block, std::size_t row) const = 0;

  /// A problem as people read it: `data.csv:17: column 'Age': "x" is not a number`.
  virtual std::string describe(const RowBlock& block,
                               const features::RowProblem& problem) const = 0;
};

/// The header of a CSV file is sound, but lacks a column that is needed.
class WrongHeader : public Error {
 public:
  explicit WrongHeader(const std::string& message) : Error(ErrorKind::invalid_data, message) {}
};

/// Rows of `source`, which messages call `name`. `schema` must outlive the reader; fields named in
/// `kept` are passed through; `csv` is for CSV alone. Throws WrongHeader for a CSV header that
/// lacks a column, Error(invalid_data) for one that is none.
std::unique_ptr<RowReader> read_rows(std::unique_ptr<data::ByteSource> source,
                                     const std::string& name, FileFormat format,
                                     const features::Schema& schema,
                                     const std::vector<std::string>& kept,
                                     const data::CsvOptions& csv = {});

/// The same for a file ("-": standard input). Throws Error(not_found) or Error(corrupt) as well.
std::unique_ptr<RowReader> open_rows(const std::string& path, FileFormat format,
                                     const features::Schema& schema,
                                     const std::vector<std::string>& kept,
                                     const data::CsvOptions& csv = {});

}  // namespace mlserve::pipeline
