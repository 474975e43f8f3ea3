#include "data/table.hpp"

#include <algorithm>
#include <atomic>
#include <optional>
#include <set>
#include <span>

#include "core/error.hpp"
#include "core/number.hpp"
#include "core/ordered_run.hpp"
#include "core/sha256.hpp"
#include "core/text.hpp"
#include "data/csv_reader.hpp"
#include "data/missing.hpp"

namespace mlserve::data {
namespace {

/// A column with more different values than this is taken for measurements, and kept as doubles
/// when all of them are numbers.
constexpr std::size_t kMaxDifferentNumbers = 4096;

/// The number a text stands for, NaN for a missing marker, none for other texts.
std::optional<double> number_or_missing(std::string_view text) {
  if (const auto number = parse_double(text)) return number;
  if (is_missing_marker(text)) return kNaN;
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

/// What is known of a column while it is read.
enum class Knowledge : unsigned char {
  texts,   ///< it stays as texts
  open,    ///< it becomes numbers when there are many different ones
  numbers  ///< it is numbers so far
};

/// Fields of one column in one block. The same two forms as Column, decided for each block: what is
/// known already saves the making of texts, and changes nothing else.
class ColumnBlock {
 public:
  void start(Knowledge knowledge) {
    column_.is_numbers = knowledge == Knowledge::numbers;
    column_.codes.clear();
    column_.numbers.clear();
    column_.dictionary.clear();
    may_be_numbers_ = knowledge == Knowledge::open;
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

/// One pass over the files.
class TableReader {
 public:
  /// Columns in `as_texts` stay texts, whatever they hold.
  TableReader(const std::vector<std::string>& names, bool numbers_allowed,
              const std::set<std::string>& as_texts)
      : knowledge_(names.size()) {
    for (std::size_t c = 0; c < names.size(); ++c) {
      table_.columns.emplace_back().name = names[c];
      const bool open = numbers_allowed && !as_texts.contains(names[c]);
      knowledge_[c] = open ? Knowledge::open : Knowledge::texts;
    }
  }

  /// Appends the rows of one file.
  void read(CsvReader& csv, unsigned threads, ByteProgress& bytes_read) {
    // Another order of the columns gives the same text another meaning.
    if (!table_.files.empty()) hash_.update(join(csv.header(), "\n"));
    table_.files.emplace_back(table_.rows, csv.name());
    next_line_ = 0;
    std::vector<std::string> names;
    for (const Column& column : table_.columns) names.push_back(column.name);
    const std::vector<int> slots = column_slots(csv.header(), names);
    run_ordered<TableBlock>(
        threads, [&](TableBlock& block) { return csv.read_block(block.csv); },
        [&](TableBlock& block) { parse(csv, slots, block); },
        [&](TableBlock& block) {
          append(block);
          bytes_read.add(block.csv.text.size());
        });
  }

  Table finish() {
    table_.data_hash = hash_.finish();
    return std::move(table_);
  }

  /// Names of columns that were kept as numbers and have texts as well. They are not whole.
  const std::set<std::string>& mixed() const { return mixed_; }

 private:
  void parse(const CsvReader& csv, std::span<const int> slots, TableBlock& block) const {
    csv.check(block.csv);
    block.digest = sha256_hex(block.csv.text);
    block.columns.resize(table_.columns.size());
    for (std::size_t c = 0; c < block.columns.size(); ++c) {
      block.columns[c].start(knowledge_[c]);
    }
    std::vector<std::string_view> fields(block.columns.size());
    for (std::size_t i = 0; i < block.csv.records.size(); ++i) {
      try {
        csv.split(block.csv, i, slots, fields);
      } catch (const Error& error) {
        throw Error(error.kind(), csv.at_line(block.csv.records[i].line, error.what()));
      }
      for (std::size_t c = 0; c < fields.size(); ++c) block.columns[c].append(fields[c]);
    }
  }

  void append(const TableBlock& block) {
    hash_.update(block.digest);
    for (std::size_t c = 0; c < block.columns.size(); ++c) append_column(block.columns[c], c);
    for (const CsvBlock::Record& record : block.csv.records) {
      if (record.line != next_line_) table_.line_starts.emplace_back(table_.rows, record.line);
      next_line_ = record.line + 1;
      ++table_.rows;
    }
  }

  void append_column(const ColumnBlock& block, std::size_t c) {
    Column& whole = table_.columns[c];
    if (mixed_.contains(whole.name)) return;
    if (!block.append_to(whole)) {
      mixed_.insert(whole.name);
      return;
    }
    if (knowledge_[c] != Knowledge::open) return;
    const bool many = whole.dictionary.size() > kMaxDifferentNumbers;
    if (whole.is_numbers || (many && turn_into_numbers(whole))) {
      knowledge_[c] = Knowledge::numbers;
    } else if (many) {
      knowledge_[c] = Knowledge::texts;
    }
  }

  /// By column. Written by `append`, looked at by `parse` on other threads, to which an older value
  /// is as good.
  std::vector<std::atomic<Knowledge>> knowledge_;
  std::set<std::string> mixed_;
  Table table_;
  Sha256 hash_;
  std::uint64_t next_line_ = 0;
};

/// The first of `names` that is not among `known`.
const std::string* first_missing(const std::vector<std::string>& names,
                                 const std::vector<std::string>& known) {
  const std::set<std::string_view> set(known.begin(), known.end());
  const auto missing = std::find_if(names.begin(), names.end(),
                                    [&](const std::string& name) { return !set.contains(name); });
  return missing == names.end() ? nullptr : &*missing;
}

/// Throws unless `csv` has the columns of the first file, in whatever order.
void require_same_columns(const CsvReader& csv, const std::vector<std::string>& first_header,
                          const std::string& first_name) {
  std::string difference;
  if (const std::string* name = first_missing(first_header, csv.header())) {
    difference = "has no column '" + shown(*name) + "', which " + first_name + " has";
  } else if (const std::string* more = first_missing(csv.header(), first_header)) {
    difference = "has a column '" + shown(*more) + "', which " + first_name + " has not";
  }
  if (!difference.empty())
    throw Error(ErrorKind::invalid_data, csv.at_line(csv.header_line(), difference));
}

}  // namespace

const Column* Table::find(const std::string& name) const {
  const auto found = std::find_if(columns.begin(), columns.end(),
                                  [&](const Column& column) { return column.name == name; });
  return found == columns.end() ? nullptr : &*found;
}

std::string Table::place_of(std::uint64_t row) const {
  const auto before = [row](const auto& starts) {
    const auto after =
        std::upper_bound(starts.begin(), starts.end(), row,
                         [](std::uint64_t r, const auto& start) { return r < start.first; });
    return *std::prev(after);
  };
  const auto [first_row, line] = before(line_starts);
  return before(files).second + ":" + std::to_string(line + (row - first_row));
}

Table read_table(std::span<const Input> inputs, const CsvOptions& options, unsigned threads,
                 const ChooseColumns& choose, const Progress& progress) {
  // Numbers forget their texts. When texts turn up in such columns as well, all is read once more
  // with those columns kept as texts; what cannot be read again is kept as texts.
  const bool numbers_allowed = std::all_of(inputs.begin(), inputs.end(),
                                           [](const Input& input) { return input.rereadable; });
  std::set<std::string> as_texts;
  for (;;) {
    ByteProgress bytes_read(progress, total_bytes(inputs));
    std::optional<TableReader> reader;
    std::vector<std::string> header;
    for (const Input& input : inputs) {
      CsvReader csv(input.open(), input.name, options);
      if (!reader) {
        header = csv.header();
        reader.emplace(choose(header), numbers_allowed, as_texts);
      }
      require_same_columns(csv, header, inputs.front().name);
      reader->read(csv, threads, bytes_read);
    }
    Table table = reader->finish();
    table.source = input_name(inputs);
    if (table.rows == 0)
      throw Error(ErrorKind::invalid_data, table.source + ": no row follows the header");
    if (reader->mixed().empty()) return table;
    as_texts = reader->mixed();
  }
}

}  // namespace mlserve::data
