#include "data/json_records.hpp"

#include <algorithm>
#include <utility>

#include "core/error.hpp"

namespace mlserve::data {
namespace {

constexpr std::size_t kReadBytes = std::size_t{256} << 10;
constexpr std::size_t kBlockBytes = std::size_t{512} << 10;
constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";

bool is_blank(char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r'; }

Error bad_record(const std::string& place, const std::string& message) {
  return Error(ErrorKind::invalid_data, place + ": " + message);
}

/// Follows a JSON value byte by byte to where it ends, without judging it.
class ValueScanner {
 public:
  /// Whether `c`, the byte after those fed so far, ends an item of a list. A bracket too many makes
  /// the depth negative; such an item ends at the next comma, and its parser will refuse it.
  bool ends_at(char c) const { return depth_ <= 0 && !in_string_ && (c == ',' || c == ']'); }
  /// Whether all brackets that were opened are closed again.
  bool closed() const { return opened_ && depth_ == 0; }

  void feed(char c) {
    if (in_string_) {
      in_string_ = escaped_ || c != '"';
      escaped_ = !escaped_ && c == '\\';
      return;
    }
    if (c == '"') {
      in_string_ = true;
    } else if (c == '{' || c == '[') {
      ++depth_;
      opened_ = true;
    } else if (c == '}' || c == ']') {
      --depth_;
    }
  }

 private:
  long depth_ = 0;
  bool opened_ = false;
  bool in_string_ = false;
  bool escaped_ = false;
};

}  // namespace

RecordReader::RecordReader(std::unique_ptr<ByteSource> source, std::string name,
                           RecordLayout layout)
    : source_(std::move(source)), name_(std::move(name)), layout_(layout) {
  fill();
  if (buffer_.starts_with(kByteOrderMark)) position_ = kByteOrderMark.size();
}

std::string RecordReader::place(std::uint64_t number) const {
  return layout_ == RecordLayout::lines ? name_ + ":" + std::to_string(number)
                                        : name_ + ": record " + std::to_string(number);
}

/// Adds to the buffer; false at the end.
bool RecordReader::fill() {
  buffer_.erase(0, position_);
  position_ = 0;
  const std::size_t kept = buffer_.size();
  buffer_.resize(kept + kReadBytes);
  buffer_.resize(kept + read_fully(*source_, buffer_.data() + kept, kReadBytes));
  return buffer_.size() > kept;
}

bool RecordReader::read_block(RecordBlock& block) {
  block.text.clear();
  block.records.clear();
  if (layout_ == RecordLayout::lines) {
    while (block.text.size() < kBlockBytes && read_line(block)) {
    }
  } else {
    while (block.text.size() < kBlockBytes && read_list(block)) {
    }
  }
  block.text.append(kPadding, '\0');
  return !block.records.empty();
}

void RecordReader::take_record(RecordBlock& block, std::size_t begin, std::size_t end) {
  while (begin < end && is_blank(buffer_[begin])) ++begin;
  while (end > begin && is_blank(buffer_[end - 1])) --end;
  block.records.push_back({block.text.size(), end - begin, number_});
  block.text.append(buffer_, begin, end - begin);
}

void RecordReader::require_room(std::size_t scanned) const {
  if (scanned > kMaxRecordBytes) throw bad_record(place(number_), "is longer than 16 MiB");
}

/// Offset of the next line break from `position_`, or of the end of the last line.
std::size_t RecordReader::line_length() {
  std::size_t scanned = 0;
  for (;;) {
    const std::size_t newline = buffer_.find('\n', position_ + scanned);
    if (newline != std::string::npos) return newline - position_;
    scanned = buffer_.size() - position_;
    require_room(scanned);
    if (!fill()) return scanned;
  }
}

/// Takes one line; false at the end.
bool RecordReader::read_line(RecordBlock& block) {
  ++number_;
  const std::size_t length = line_length();
  if (position_ + length == buffer_.size() && length == 0) return false;
  take_record(block, position_, position_ + length);
  if (block.records.back().length == 0) block.records.pop_back();
  position_ = std::min(position_ + length + 1, buffer_.size());
  return true;
}

int RecordReader::peek() {
  if (position_ == buffer_.size() && !fill()) return -1;
  return static_cast<unsigned char>(buffer_[position_]);
}

int RecordReader::peek_after_blanks() {
  int c = peek();
  while (c >= 0 && is_blank(static_cast<char>(c))) {
    ++position_;
    c = peek();
  }
  return c;
}

/// Takes one record of the list; false at its end.
bool RecordReader::read_list(RecordBlock& block) {
  if (state_ == ListState::before && !open_list()) return false;
  if (state_ == ListState::after) return false;
  return next_item(block);
}

bool RecordReader::open_list() {
  const int first = peek_after_blanks();
  if (first < 0) throw Error(ErrorKind::invalid_data, name_ + ": is empty");
  if (first != '[' && first != '{') {
    throw Error(ErrorKind::invalid_data,
                name_ + ": is neither a JSON list of records nor a record");
  }
  state_ = ListState::inside;
  single_ = first == '{';
  if (single_) return true;
  ++position_;
  if (peek_after_blanks() != ']') return true;
  close_list();
  return false;
}

void RecordReader::close_list() {
  if (!single_) ++position_;
  state_ = ListState::after;
  if (peek_after_blanks() >= 0) {
    throw Error(ErrorKind::invalid_data,
                name_ +
                    ": has more text after the end of its JSON value (for a record a line, use "
                    "--input-format jsonl)");
  }
}

bool RecordReader::next_item(RecordBlock& block) {
  ++number_;
  ValueScanner scanner;
  std::size_t scanned = 0;
  for (;; ++scanned) {
    if (position_ + scanned == buffer_.size()) {
      require_room(scanned);
      if (!fill()) break;
    }
    const char c = buffer_[position_ + scanned];
    if (single_ ? scanner.closed() : scanner.ends_at(c)) break;
    scanner.feed(c);
  }
  const std::size_t end = position_ + scanned;
  const bool at_end = end == buffer_.size();
  if (at_end && !(single_ && scanner.closed())) {
    throw bad_record(place(number_), "the file ends in the middle of it");
  }
  take_record(block, position_, end);
  position_ = end;
  if (single_ || buffer_[position_] == ']') {
    close_list();
  } else {
    ++position_;
  }
  return true;
}

}  // namespace mlserve::data
