#include "data/table.hpp"

#include <algorithm>
#include <filesystem>
#include <limits>
#include <optional>
#include <set>
#include <span>
#include <system_error>

#include "core/error.hpp"
#include "core/number.hpp"
#include "core/ordered_run.hpp"
#include "core/sha256.hpp"
#include "data/byte_source.hpp"
#include "data/csv_reader.hpp"
#include "data/missing.hpp"

namespace mlserve::data {
namespace {

/// A column with more different values than this in one block is taken for measurements, and kept
/// as doubles when all of them are numbers.
constexpr std::size_t kMaxDifferentNumbers = 4096;

/// The number a text stands for, NaN for a missing marker, none for other texts.
std::optional<double> number_or_missing(std::string_view text) {
  if (const auto number = parse_double(text)) return number;
  if (is_missing_marker(text)) return std::numeric_limits<double>::quiet_NaN();
  return std::nullopt;
}

/// The texts of `dictionary` as numbers, by code, if all of them are numbers or missing.
std::optional<std::vector<double>> as_numbers(const Dictionary& dictionary) {
  std::vector<double> values(dictionary.size());
  for (std::uint32_t code = 0; code < values.size(); ++code) {
    const auto value = number_or_missing(dictionary.text(code));
    if (!value) return std::nullopt;
    values[code] = *value;
  }
  return values;
}

/// Appends to `numbers` what the codes of `texts` stand for; false when not all of its texts are
/// numbers.
bool append_numbers(const Column& texts, std::vector<double>& numbers) {
  const auto values = as_numbers(texts.dictionary);
  if (!values) return false;
  for (const std::uint32_t code : texts.codes) numbers.push_back((*values)[code]);
  return true;
}

/// Turns `column` from texts into numbers, if all of its texts are numbers.
bool turn_into_numbers(Column& column) {
  if (!append_numbers(column, column.numbers)) return false;
  column.is_numbers = true;
  column.codes = {};
  column.dictionary = {};
  return true;
}

void append_texts(const Column& part, Column& whole) {
  std::vector<std::uint32_t> whole_code(part.dictionary.size());
  for (std::uint32_t code = 0; code < whole_code.size(); ++code) {
    whole_code[code] = whole.dictionary.insert(part.dictionary.text(code));
  }
  for (const std::uint32_t code : part.codes) whole.codes.push_back(whole_code[code]);
}

/// Fields of one column in one block. The same two forms as Column, decided for each block.
class ColumnBlock {
 public:
  void start(bool may_be_numbers) {
    column_.is_numbers = false;
    column_.codes.clear();
    column_.numbers.clear();
    column_.dictionary.clear();
    may_be_numbers_ = may_be_numbers;
    mixed_ = false;
  }

  void append(std::string_view field) {
    if (column_.is_numbers) {
      const auto value = number_or_missing(field);
      mixed_ = mixed_ || !value;
      column_.numbers.push_back(value.value_or(0));
      return;
    }
    column_.codes.push_back(column_.dictionary.insert(field));
    if (may_be_numbers_ && column_.dictionary.size() > kMaxDifferentNumbers) {
      turn_into_numbers(column_);
      may_be_numbers_ = false;
    }
  }

  /// Appends these fields to the whole column; false when one of the two was kept as numbers and
  /// there are texts as well.
  bool append_to(Column& whole) const {
    if (mixed_) return false;
    if (column_.is_numbers) {
      if (!whole.is_numbers && !turn_into_numbers(whole)) return false;
      whole.numbers.insert(whole.numbers.end(), column_.numbers.begin(), column_.numbers.end());
      return true;
    }
    if (whole.is_numbers) return append_numbers(column_, whole.numbers);
    append_texts(column_, whole);
    return true;
  }

 private:
  Column column_;
  bool may_be_numbers_ = false;
  bool mixed_ = false;  ///< kept as numbers, but there were texts as well
};

struct TableBlock {
  CsvBlock csv;
  std::vector<ColumnBlock> columns;
  std::string digest;
};

/// One pass over a CSV source.
class TableReader {
 public:
  /// Columns in `as_texts` stay texts, whatever they hold.
  TableReader(CsvReader& csv, std::span<const std::string> names, bool numbers_allowed,
              const std::set<std::string>& as_texts)
      : csv_(csv), slots_(column_slots(csv.header(), names)) {
    table_.source = csv.name();
    table_.columns.resize(names.size());
    for (std::size_t c = 0; c < names.size(); ++c) {
      table_.columns[c].name = names[c];
      may_be_numbers_.push_back(numbers_allowed && !as_texts.contains(names[c]));
    }
  }

  Table read(unsigned threads) {
    run_ordered<TableBlock>(
        threads, [&](TableBlock& block) { return csv_.read_block(block.csv); },
        [&](TableBlock& block) { parse(block); }, [&](TableBlock& block) { append(block); });
    table_.data_hash = hash_.finish();
    return std::move(table_);
  }

  /// Names of columns that were kept as numbers and have texts as well. They are not whole.
  const std::set<std::string>& mixed() const { return mixed_; }

 private:
  void parse(TableBlock& block) const {
    csv_.check(block.csv);
    block.digest = sha256_hex(block.csv.text);
    block.columns.resize(table_.columns.size());
    for (std::size_t c = 0; c < block.columns.size(); ++c) {
      block.columns[c].start(may_be_numbers_[c]);
    }
    std::vector<std::string_view> fields(block.columns.size());
    for (std::size_t i = 0; i < block.csv.records.size(); ++i) {
      try {
        csv_.split(block.csv, i, slots_, fields);
      } catch (const Error& error) {
        throw Error(error.kind(), csv_.at_line(block.csv.records[i].line, error.what()));
      }
      for (std::size_t c = 0; c < fields.size(); ++c) block.columns[c].append(fields[c]);
    }
  }

  void append(const TableBlock& block) {
    hash_.update(block.digest);
    for (std::size_t c = 0; c < block.columns.size(); ++c)
      append_column(block.columns[c], table_.columns[c]);
    for (const CsvBlock::Record& record : block.csv.records) {
      if (record.line != next_line_) table_.line_starts.emplace_back(table_.rows, record.line);
      next_line_ = record.line + 1;
      ++table_.rows;
    }
  }

  void append_column(const ColumnBlock& block, Column& whole) {
    if (!mixed_.contains(whole.name) && !block.append_to(whole)) mixed_.insert(whole.name);
  }

  CsvReader& csv_;
  std::vector<int> slots_;
  std::vector<bool> may_be_numbers_;  ///< by column
  std::set<std::string> mixed_;
  Table table_;
  Sha256 hash_;
  std::uint64_t next_line_ = 0;
};

}  // namespace

const Column* Table::find(const std::string& name) const {
  const auto found = std::find_if(columns.begin(), columns.end(),
                                  [&](const Column& column) { return column.name == name; });
  return found == columns.end() ? nullptr : &*found;
}

std::uint64_t Table::line_of(std::uint64_t row) const {
  const auto after =
      std::upper_bound(line_starts.begin(), line_starts.end(), row,
                       [](std::uint64_t r, const auto& start) { return r < start.first; });
  const auto& [first_row, line] = *std::prev(after);
  return line + (row - first_row);
}

Table read_table(const std::string& path, unsigned threads, const ChooseColumns& choose) {
  // Numbers forget their texts. When texts turn up in such columns as well, the file is read once
  // more with those columns kept as texts; a pipe cannot be read again and keeps all texts.
  std::error_code ignored;
  const bool readable_twice = path != "-" && std::filesystem::is_regular_file(path, ignored);
  std::set<std::string> as_texts;
  for (;;) {
    CsvReader csv(open_source(path), source_name(path));
    TableReader reader(csv, choose(csv.header()), readable_twice, as_texts);
    Table table = reader.read(threads);
    if (table.rows == 0)
      throw Error(ErrorKind::invalid_data, table.source + ": has a header but no rows");
    if (reader.mixed().empty()) return table;
    as_texts = reader.mixed();
  }
}

}  // namespace mlserve::data
