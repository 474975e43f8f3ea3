#include "data/csv_reader.hpp"

#include <algorithm>
#include <cstring>
#include <type_traits>
#include <unordered_set>
#include <utility>

#include <libfccp/csv.h>
#include <simdjson.h>

#include "core/error.hpp"
#include "core/text.hpp"
#include "data/delimiter.hpp"

namespace mlserve::data {
namespace {

constexpr std::size_t kBlockBytes = std::size_t{512} << 10;
/// LineReader's own limit for a line; ours for a record with line breaks inside.
constexpr std::size_t kMaxRecordBytes = (std::size_t{1} << 24) - 1;

/// The parser's policies for a delimiter.
template <char kDelimiter>
struct Dialect {
  using Trim =
      std::conditional_t<kDelimiter == '\t', io::trim_chars<' '>, io::trim_chars<' ', '\t'>>;
  using Quoted = io::double_quote_escape<kDelimiter, '"'>;
  using Unquoted = io::no_quote_escape<kDelimiter>;
};

/// Calls `use` with the Dialect of `delimiter`, one of kDelimiters.
template <class Use>
void with_dialect(char delimiter, Use use) {
  switch (delimiter) {
    case ';':
      return use(Dialect<';'>{});
    case '\t':
      return use(Dialect<'\t'>{});
    case '|':
      return use(Dialect<'|'>{});
    default:
      return use(Dialect<','>{});
  }
}

Error bad_line(const std::string& name, std::uint64_t line, const std::string& message) {
  return Error(ErrorKind::invalid_data, name + ":" + std::to_string(line) + ": " + message);
}

/// Lines are long enough that std::memchr, in large steps, beats std::count.
std::uint64_t count_line_breaks(std::string_view text) {
  std::uint64_t count = 0;
  for (auto at = text.find('\n'); at != text.npos; at = text.find('\n', at + 1)) ++count;
  return count;
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
    const std::string_view text(buffer, filled);
    const std::size_t nul = text.find('\0');
    lines_ += count_line_breaks(text.substr(0, nul));
    if (nul != text.npos) {
      throw bad_line(name_, lines_ + 1, "has a NUL byte; is this a text file in UTF-8?");
    }
    if (filled > 0) ends_open_ = text.back() != '\n';
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

/// Takes the quotes off a field that is quoted as it should be: around the whole of it, and doubled
/// inside. Returns how many those were.
std::size_t unquote(char*& begin, char*& end) {
  if (end - begin < 2 || *begin != '"' || *(end - 1) != '"') return 0;
  const auto quotes = std::count(begin, end, '"');
  const auto length = end - begin;
  Dialect<','>::Quoted::unescape(begin, end);  // the same for every delimiter
  const auto doubled = length - 2 - (end - begin);
  return quotes == 2 + 2 * doubled ? static_cast<std::size_t>(quotes) : 0;
}

/// Calls `take(c, field)` for each field of a record, trimmed and without its quotes. Returns how
/// many quotes belong to fields that are quoted as they should be.
template <class Dialect, class Quotes, class Take>
std::size_t for_each_field(char* record, Take take) {
  std::size_t quotes = 0;
  std::size_t column = 0;
  for (char* rest = record; rest != nullptr; ++column) {
    char* begin = nullptr;
    char* end = nullptr;
    io::detail::chop_next_column<Quotes>(rest, begin, end);
    Dialect::Trim::trim(begin, end);
    if constexpr (std::is_same_v<Quotes, typename Dialect::Quoted>) quotes += unquote(begin, end);
    take(column, std::string_view(begin, static_cast<std::size_t>(end - begin)));
  }
  return quotes;
}

/// The same for a record that may have quotes. Throws when one of its `quotes` stands in the middle
/// of a field, where the parser would take it for the beginning of a quoted part.
template <class Dialect, class Take>
void for_each_field(char* record, std::size_t quotes, Take take) {
  if (quotes == 0) {
    for_each_field<Dialect, typename Dialect::Unquoted>(record, take);
    return;
  }
  std::size_t well_placed = 0;
  try {
    well_placed = for_each_field<Dialect, typename Dialect::Quoted>(record, take);
  } catch (const io::error::escaped_string_not_closed&) {
    // Quotes come in pairs (the reader saw to that), so one of them is misplaced.
  }
  if (well_placed != quotes) {
    throw Error(ErrorKind::invalid_data,
                "has a quote in the middle of a field; quote the whole field and double the quotes "
                "inside it");
  }
}

/// Gives field c of a record to `fields[slots[c]]`; returns how many fields there are.
template <class Dialect>
std::size_t split_record(char* record, std::size_t quotes, std::span<const int> slots,
                         std::span<std::string_view> fields) {
  std::size_t count = 0;
  for_each_field<Dialect>(record, quotes, [&](std::size_t c, std::string_view field) {
    count = c + 1;
    if (c < slots.size() && slots[c] >= 0) fields[static_cast<std::size_t>(slots[c])] = field;
  });
  return count;
}

bool is_blank(const char* line, char delimiter) {
  if (delimiter == '\t') return line[std::strspn(line, " ")] == '\0';
  return io::empty_line_comment::is_comment(line);
}

/// Offset of a carriage return that is neither the end of a line (LineReader removed those) nor
/// quoted, or npos.
std::size_t find_lone_return(std::string_view record) {
  bool inside = false;
  for (std::size_t i = 0; i < record.size(); ++i) {
    if (record[i] == '"') inside = !inside;
    if (record[i] == '\r' && !inside) return i;
  }
  return std::string_view::npos;
}

}  // namespace

/// LineReader with its errors made ours.
class CsvReader::Lines {
 public:
  Lines(std::unique_ptr<ByteSource> source, const std::string& name)
      : name_(name), reader_(name, std::make_unique<GuardedSource>(std::move(source), name)) {}

  /// Next line without its end, or null.
  char* next() {
    ++line_;
    try {
      return reader_.next_line();
    } catch (const io::error::line_length_limit_exceeded&) {
      throw bad_line(name_, line_, "is longer than 16 MiB");
    }
  }

  /// Number of the line that `next` gave last. LineReader's own has 32 bits.
  std::uint64_t line() const { return line_; }

 private:
  std::string name_;
  io::LineReader reader_;
  std::uint64_t line_ = 0;
};

CsvReader::CsvReader(std::unique_ptr<ByteSource> source, std::string name,
                     const CsvOptions& options)
    : name_(std::move(name)) {
  source = decoded(std::move(source), options.encoding);
  delimiter_ = options.delimiter ? *options.delimiter : find_delimiter(source);
  lines_ = std::make_unique<Lines>(std::move(source), name_);
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
  header_line_ = record.line;
  std::unordered_set<std::string> seen;
  const auto take = [&](std::size_t c, std::string_view field) {
    header_.push_back(field.empty() ? "Unnamed: " + std::to_string(c) : std::string(field));
    if (!seen.insert(header_.back()).second) {
      throw Error(ErrorKind::invalid_data, "column '" + shown(header_.back()) + "' appears twice");
    }
  };
  try {
    with_dialect(delimiter_, [&](auto dialect) {
      for_each_field<decltype(dialect)>(block.text.data(), record.quotes, take);
    });
  } catch (const Error& error) {
    throw bad_line(name_, record.line, error.what());
  }
}

bool CsvReader::append_record(CsvBlock& block) {
  const char* line = lines_->next();
  while (line != nullptr && is_blank(line, delimiter_)) line = lines_->next();
  if (line == nullptr) return false;

  CsvBlock::Record record{block.text.size(), lines_->line(), 0};
  const auto count_quotes = [&](std::size_t offset) {
    const auto begin = block.text.begin() + static_cast<std::ptrdiff_t>(offset);
    record.quotes += static_cast<std::size_t>(std::count(begin, block.text.end(), '"'));
  };
  block.text += line;
  count_quotes(record.offset);
  // A quote that is still open at the end of a line takes the next line into its field.
  while (record.quotes % 2 != 0) {
    const std::size_t joined = block.text.size();
    line = lines_->next();
    if (line == nullptr)
      throw bad_line(name_, record.line, "has a quoted field that is never closed");
    if (joined - record.offset + std::strlen(line) > kMaxRecordBytes) {
      throw bad_line(name_, record.line,
                     "begins a record of more than 16 MiB; is a quote never closed?");
    }
    block.text += '\n';
    block.text += line;
    count_quotes(joined);
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
    const auto require_none = [&](std::size_t offset, const std::string& message) {
      if (offset == std::string_view::npos) return;
      const auto breaks = std::count(record.data(), record.data() + offset, '\n');
      throw bad_line(name_, block.records[i].line + static_cast<std::uint64_t>(breaks), message);
    };
    require_none(find_invalid_utf8(record),
                 "is not valid UTF-8; Latin-1 is read with --encoding latin1");
    require_none(find_lone_return(record),
                 "has a carriage return that ends no line; lines end in LF or CRLF");
  }
}

void CsvReader::split(CsvBlock& block, std::size_t i, std::span<const int> slots,
                      std::span<std::string_view> fields) const {
  const CsvBlock::Record& record = block.records[i];
  std::size_t count = 0;
  with_dialect(delimiter_, [&](auto dialect) {
    count = split_record<decltype(dialect)>(block.text.data() + record.offset, record.quotes, slots,
                                            fields);
  });
  if (count != header_.size()) {
    throw Error(ErrorKind::invalid_data, "has " + std::to_string(count) +
                                             " fields where the header has " +
                                             std::to_string(header_.size()));
  }
}

std::vector<int> column_slots(std::span<const std::string> header,
                              std::span<const std::string> wanted) {
  std::vector<int> slots(header.size(), -1);
  for (std::size_t slot = 0; slot < wanted.size(); ++slot) {
    const auto found = std::find(header.begin(), header.end(), wanted[slot]);
    if (found != header.end())
      slots[static_cast<std::size_t>(found - header.begin())] = static_cast<int>(slot);
  }
  return slots;
}

}  // namespace mlserve::data
