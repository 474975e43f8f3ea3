#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "data/byte_source.hpp"
#include "data/csv_options.hpp"

namespace mlserve::data {

/// Records in a row of a CSV file, still unsplit: the unit that one thread works on at a time.
struct CsvBlock {
  struct Record {
    std::size_t offset;  ///< of its first byte in `text`
    std::uint64_t line;  ///< where it begins in the file, 1-based
    std::size_t quotes;  ///< quote characters in it
  };

  std::string text;             ///< the records, each ended by NUL
  std::vector<Record> records;  ///< in file order

  std::string_view record_text(std::size_t i) const {
    return std::string_view(text.data() + records[i].offset);
  }
};

/// Reads comma-separated values (RFC 4180), or with another delimiter: quoted fields with
/// delimiters, doubled quotes and line breaks (given as LF); CRLF or LF; a byte-order mark; a last
/// line without newline. Lines of nothing but blanks are passed over, blanks around a field or its
/// quotes are left out; a tab is no blank where it is the delimiter.
///
/// Lines come from fast-cpp-csv-parser's LineReader, fields from its quote and trim policies. What
/// those would read wrongly without a word is an error here: NUL bytes, text that is not UTF-8, a
/// quote in the middle of a field, a quote that is never closed, lone carriage returns, lines of
/// 16 MiB and more.
///
/// `read_block` is for one thread; `split` and `check` may run on many at once.
/// Errors are Error(invalid_data), `data.csv:17: …`.
class CsvReader {
 public:
  /// Reads the header. `name` stands for the source in messages.
  /// Throws for an empty source and for a column name that appears twice; an empty column name
  /// becomes "Unnamed: <index>", as in pandas.
  CsvReader(std::unique_ptr<ByteSource> source, std::string name, const CsvOptions& options = {});
  ~CsvReader();

  const std::string& name() const noexcept { return name_; }
  const std::vector<std::string>& header() const noexcept { return header_; }
  /// Where the header begins in the file, 1-based: blank lines may stand before it.
  std::uint64_t header_line() const noexcept { return header_line_; }

  /// Refills `block` (its buffers are reused) with the next records, about half a megabyte of them;
  /// false when there are none. Where blocks end depends on the bytes alone.
  bool read_block(CsvBlock& block);

  /// Checks what holds for a block as a whole: valid UTF-8, no lone carriage return.
  void check(const CsvBlock& block) const;

  /// Splits record `i` of `block` in place (once) and gives field c to `fields[slots[c]]`, for each
  /// column c of the header with a slot >= 0. The views live as long as the block's text.
  /// Throws for a record with more or fewer fields than the header; the message lacks the place,
  /// which `at_line` adds.
  void split(CsvBlock& block, std::size_t i, std::span<const int> slots,
             std::span<std::string_view> fields) const;

  /// `data.csv:17: ` and the message.
  std::string at_line(std::uint64_t line, const std::string& message) const;

 private:
  class Lines;

  bool append_record(CsvBlock& block);
  void read_header();

  std::string name_;
  char delimiter_;
  std::unique_ptr<Lines> lines_;
  std::vector<std::string> header_;
  std::uint64_t header_line_ = 0;
};

/// For each column of `header`, its position in `wanted`, or -1.
std::vector<int> column_slots(std::span<const std::string> header,
                              std::span<const std::string> wanted);

}  // namespace mlserve::data
