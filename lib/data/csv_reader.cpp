#include "data/csv_reader.hpp"

#include <algorithm>
#include <cstring>
#include <optional>
#include <unordered_map>
#include <utility>

#include <libfccp/csv.h>
#include <simdjson.h>

#include "core/error.hpp"
#include "core/text.hpp"

namespace mlserve::data {
namespace {

constexpr std::size_t kBlockBytes = std::size_t{512} << 10;
/// LineReader's own limit for a line; ours for a record with line breaks inside.
constexpr std::size_t kMaxRecordBytes = (std::size_t{1} << 24) - 1;

using Trim = io::trim_chars<' ', '\t'>;
using Quoted = io::double_quote_escape<',', '"'>;
using Unquoted = io::no_quote_escape<','>;

Error bad_line(const std::string& name, std::uint64_t line, const std::string& message) {
  return Error(ErrorKind::invalid_data, name + ":" + std::to_string(line) + ": " + message);
}

/// What stands between a ByteSource and LineReader, which takes a short read for the end, loses a
/// last line without newline beyond 48 MB, and ends a line at a NUL byte.
class GuardedSource final : public io::ByteSourceBase {
 public:
  GuardedSource(std::unique_ptr<ByteSource> source, std::string name)
      : source_(std::move(source)), name_(std::move(name)) {}

  int read(char* buffer, int size) override {
    const auto capacity = static_cast<std::size_t>(size);
    std::size_t filled = read_fully(*source_, buffer, capacity);
    if (void* nul = std::memchr(buffer, '\0', filled)) {
      lines_ += static_cast<std::uint64_t>(std::count(buffer, static_cast<char*>(nul), '\n'));
      throw bad_line(name_, lines_ + 1, "has a NUL byte; is this a text file in UTF-8?");
    }
    if (filled > 0) {
      lines_ += static_cast<std::uint64_t>(std::count(buffer, buffer + filled, '\n'));
      ends_open_ = buffer[filled - 1] != '\n';
    }
    if (filled < capacity && ends_open_) {
      buffer[filled++] = '\n';
      ends_open_ = false;
    }
    return static_cast<int>(filled);
  }

 private:
  std::unique_ptr<ByteSource> source_;
  std::string name_;
  std::uint64_t lines_ = 0;  ///< line breaks seen so far
  bool ends_open_ = false;   ///< the last byte seen was no line break
};

/// Cuts the next field off `rest` (null after the last one), trimmed and without its quotes.
template <class Quotes>
std::string_view next_field(char*& rest) {
  char* begin = nullptr;
  char* end = nullptr;
  io::detail::chop_next_column<Quotes>(rest, begin, end);
  Trim::trim(begin, end);
  if constexpr (std::is_same_v<Quotes, Quoted>) {
    const bool quoted = end - begin >= 2 && *begin == '"' && *(end - 1) == '"';
    if (!quoted && std::memchr(begin, '"', static_cast<std::size_t>(end - begin)) != nullptr) {
      throw Error(ErrorKind::invalid_data,
                  "has a quote in the middle of a field; quote the whole field and double the "
                  "quotes inside it");
    }
    Quotes::unescape(begin, end);
  }
  return {begin, static_cast<std::size_t>(end - begin)};
}

/// Calls `take(c, field)` for each field of a record; returns how many there are.
template <class Quotes, class Take>
std::size_t for_each_field(char* record, Take take) {
  std::size_t count = 0;
  for (char* rest = record; rest != nullptr; ++count) take(count, next_field<Quotes>(rest));
  return count;
}

template <class Take>
std::size_t for_each_field(char* record, bool quoted, Take take) {
  return quoted ? for_each_field<Quoted>(record, take) : for_each_field<Unquoted>(record, take);
}

/// A carriage return that is neither the end of a line (LineReader removed those) nor quoted.
bool has_lone_return(std::string_view record) {
  bool inside = false;
  for (const char c : record) {
    if (c == '"') inside = !inside;
    if (c == '\r' && !inside) return true;
  }
  return false;
}

}  // namespace

/// LineReader with its errors made ours.
class CsvReader::Lines {
 public:
  Lines(std::unique_ptr<ByteSource> source, const std::string& name)
      : name_(name), reader_(name, std::make_unique<GuardedSource>(std::move(source), name)) {}

  /// Next line without its end, or null.
  char* next() {
    try {
      return reader_.next_line();
    } catch (const io::error::line_length_limit_exceeded&) {
      throw bad_line(name_, line(), "is longer than 16 MiB");
    }
  }

  /// Number of the line that `next` gave last.
  std::uint64_t line() const { return reader_.get_file_line(); }

 private:
  std::string name_;
  io::LineReader reader_;
};

CsvReader::CsvReader(std::unique_ptr<ByteSource> source, std::string name)
    : name_(std::move(name)), lines_(std::make_unique<Lines>(std::move(source), name_)) {
  read_header();
}

CsvReader::~CsvReader() = default;

std::string CsvReader::at_line(std::uint64_t line, const std::string& message) const {
  return name_ + ":" + std::to_string(line) + ": " + message;
}

void CsvReader::read_header() {
  CsvBlock block;
  if (!append_record(block)) throw Error(ErrorKind::invalid_data, name_ + ": is empty");
  check(block);
  const CsvBlock::Record record = block.records.front();
  std::unordered_map<std::string, std::size_t> seen;
  try {
    for_each_field(block.text.data(), record.quoted, [&](std::size_t c, std::string_view field) {
      header_.push_back(field.empty() ? "Unnamed: " + std::to_string(c) : std::string(field));
      if (!seen.emplace(header_.back(), c).second) {
        throw Error(ErrorKind::invalid_data, "column '" + shown(header_.back()) + "' appears twice");
      }
    });
  } catch (const Error& error) {
    throw bad_line(name_, record.line, error.what());
  }
}

bool CsvReader::append_record(CsvBlock& block) {
  const char* line = lines_->next();
  while (line != nullptr && *line == '\0') line = lines_->next();
  if (line == nullptr) return false;

  CsvBlock::Record record{block.text.size(), lines_->line(), false};
  block.text += line;
  const auto quotes_from = [&](std::size_t offset) {
    return std::count(block.text.begin() + static_cast<std::ptrdiff_t>(offset), block.text.end(), '"');
  };
  auto quotes = quotes_from(record.offset);
  record.quoted = quotes > 0;
  // A quote that is still open at the end of a line takes the next line into its field.
  while (quotes % 2 != 0) {
    const std::size_t joined = block.text.size();
    line = lines_->next();
    if (line == nullptr || joined - record.offset + std::strlen(line) > kMaxRecordBytes) {
      throw bad_line(name_, record.line, "has a quoted field that is never closed");
    }
    block.text += '\n';
    block.text += line;
    quotes += quotes_from(joined);
  }
  block.text += '\0';
  block.records.push_back(record);
  return true;
}

bool CsvReader::read_block(CsvBlock& block) {
  block.text.clear();
  block.records.clear();
  while (block.text.size() < kBlockBytes && append_record(block)) {
  }
  return !block.records.empty();
}

void CsvReader::check(const CsvBlock& block) const {
  const bool valid = simdjson::validate_utf8(block.text);
  const bool returns = block.text.find('\r') != std::string::npos;
  if (valid && !returns) return;
  for (std::size_t i = 0; i < block.records.size(); ++i) {
    const std::string_view record = block.record_text(i);
    const std::uint64_t line = block.records[i].line;
    if (const std::size_t at = find_invalid_utf8(record); at != std::string_view::npos) {
      const auto breaks = std::count(record.begin(), record.begin() + static_cast<std::ptrdiff_t>(at), '\n');
      throw bad_line(name_, line + static_cast<std::uint64_t>(breaks), "is not valid UTF-8");
    }
    if (has_lone_return(record)) {
      throw bad_line(name_, line, "has a carriage return that ends no line; lines end in LF or CRLF");
    }
  }
}

void CsvReader::split(CsvBlock& block, std::size_t i, std::span<const int> slots,
                      std::span<std::string_view> fields) const {
  const CsvBlock::Record& record = block.records[i];
  std::size_t taken = 0;
  const auto take = [&](std::size_t c, std::string_view field) {
    taken = c + 1;
    if (c < slots.size() && slots[c] >= 0) fields[static_cast<std::size_t>(slots[c])] = field;
  };
  try {
    for_each_field(block.text.data() + record.offset, record.quoted, take);
  } catch (const Error& error) {
    const std::string column = taken < header_.size() ? header_[taken] : std::to_string(taken + 1);
    throw Error(error.kind(), "column '" + shown(column) + "': " + error.what());
  } catch (const io::error::escaped_string_not_closed&) {
    throw Error(ErrorKind::invalid_data, "has a quoted field that is never closed");
  }
  if (taken != header_.size()) {
    throw Error(ErrorKind::invalid_data, "has " + std::to_string(taken) + " fields where the header has " +
                                             std::to_string(header_.size()));
  }
}

std::vector<int> column_slots(std::span<const std::string> header,
                              std::span<const std::string> wanted) {
  std::vector<int> slots(header.size(), -1);
  for (std::size_t slot = 0; slot < wanted.size(); ++slot) {
    const auto found = std::find(header.begin(), header.end(), wanted[slot]);
    if (found != header.end()) slots[static_cast<std::size_t>(found - header.begin())] = static_cast<int>(slot);
  }
  return slots;
}

}  // namespace mlserve::data
