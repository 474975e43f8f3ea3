#include "data/delimiter.hpp"

#include <algorithm>
#include <array>
#include <cstddef>
#include <string>
#include <utility>
#include <vector>

namespace mlserve::data {
namespace {

/// Header and records that are looked at.
constexpr std::size_t kRecords = 100;
/// They are looked for in so many bytes; in more of them as long as not even the header is whole …
constexpr std::size_t kSampleBytes = std::size_t{64} << 10;
/// … which can have as many as any record.
constexpr std::size_t kMaxSampleBytes = std::size_t{16} << 20;

/// How often each of kDelimiters stands in one record, outside of quotes.
using Counts = std::array<std::size_t, kDelimiters.size()>;

/// The records that are whole in `text`, kRecords at most, without blank lines. A record ends at
/// the first line break with an even number of quotes before it, as CsvReader has it.
std::vector<Counts> count_delimiters(std::string_view text) {
  constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";
  if (text.starts_with(kByteOrderMark)) text.remove_prefix(kByteOrderMark.size());
  std::vector<Counts> records;
  Counts counts{};
  bool quoted = false;
  bool blank = true;
  for (const char c : text) {
    if (c == '\n' && !quoted) {
      if (!blank) records.push_back(counts);
      if (records.size() == kRecords) break;
      counts = {};
      blank = true;
      continue;
    }
    if (c == '"') quoted = !quoted;
    blank = blank && (c == ' ' || c == '\t' || c == '\r');
    const std::size_t delimiter = kDelimiters.find(c);
    if (!quoted && delimiter != std::string_view::npos) ++counts[delimiter];
  }
  return records;
}

char best_delimiter(const std::vector<Counts>& records) {
  char best = ',';
  std::pair<bool, std::size_t> best_merit{false, 0};
  for (std::size_t d = 0; d < kDelimiters.size() && !records.empty(); ++d) {
    const std::size_t in_header = records.front()[d];
    if (in_header == 0) continue;
    const bool alike = std::all_of(records.begin(), records.end(),
                                   [&](const Counts& counts) { return counts[d] == in_header; });
    const std::pair merit(alike, in_header);
    if (merit == best_merit) best = ',';
    if (merit > best_merit) best = kDelimiters[d];
    best_merit = std::max(best_merit, merit);
  }
  return best;
}

}  // namespace

std::optional<char> parse_delimiter(std::string_view text) {
  if (text == "tab" || text == "\\t") return '\t';
  if (text.size() == 1 && kDelimiters.find(text[0]) != std::string_view::npos) return text[0];
  return std::nullopt;
}

char find_delimiter(std::unique_ptr<ByteSource>& source) {
  std::string sample;
  std::vector<Counts> records;
  bool ended = false;
  for (std::size_t size = kSampleBytes; records.empty() && !ended && size <= kMaxSampleBytes;
       size *= 2) {
    const std::size_t known = sample.size();
    sample.resize(size);
    sample.resize(known + read_fully(*source, sample.data() + known, size - known));
    ended = sample.size() < size;
    records = count_delimiters(ended ? sample + '\n' : sample);
  }
  source = put_back(std::move(sample), std::move(source));
  return best_delimiter(records);
}

}  // namespace mlserve::data
