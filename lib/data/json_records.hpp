#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "data/byte_source.hpp"

namespace mlserve::data {

/// Some records of a JSON list or of JSON Lines, cut apart but not parsed.
struct RecordBlock {
  struct Record {
    std::size_t offset;    ///< of its first byte in `text`
    std::size_t length;    ///< in bytes
    std::uint64_t number;  ///< of the line (JSON Lines) or of the record (a list), 1-based
  };

  /// The bytes of the records; at least kPadding more bytes may be read behind each of them.
  std::string text;
  std::vector<Record> records;

  std::string_view record_text(std::size_t i) const {
    return std::string_view(text).substr(records[i].offset, records[i].length);
  }
};

enum class RecordLayout {
  list,  ///< one JSON value: a list of records, or a single record
  lines  ///< JSON Lines: a record a line; blank lines are passed over
};

/// Cuts JSON text into its records in constant memory, without judging them: only strings and
/// brackets are followed. A byte-order mark is skipped. One thread at a time.
class RecordReader {
 public:
  static constexpr std::size_t kPadding = 64;  ///< what simdjson may read past the end
  static constexpr std::size_t kMaxRecordBytes = std::size_t{16} << 20;

  RecordReader(std::unique_ptr<ByteSource> source, std::string name, RecordLayout layout);

  const std::string& name() const noexcept { return name_; }
  RecordLayout layout() const noexcept { return layout_; }
  /// Refills `block` with the next records, about half a megabyte of them; false when there are
  /// none. Throws Error(invalid_data): a record longer than kMaxRecordBytes, a list that is not
  /// closed or is followed by more text.
  bool read_block(RecordBlock& block);

  /// "data.json: record 3", "data.jsonl:3".
  std::string place(std::uint64_t number) const;

 private:
  std::size_t line_length();
  bool read_line(RecordBlock& block);
  bool read_list(RecordBlock& block);
  bool open_list();
  void close_list();
  bool next_item(RecordBlock& block);
  bool fill();
  int peek();
  int peek_after_blanks();
  void take_record(RecordBlock& block, std::size_t begin, std::size_t end);
  void require_room(std::size_t scanned) const;

  enum class ListState { before, inside, after };

  std::unique_ptr<ByteSource> source_;
  std::string name_;
  RecordLayout layout_;
  std::string buffer_;  ///< bytes read and not yet taken start at `position_`
  std::size_t position_ = 0;
  std::uint64_t number_ = 0;
  ListState state_ = ListState::before;
  bool single_ = false;
};

}  // namespace mlserve::data
