// CSV files as anyone may send them, read as the rows of a model made of their own header: the
// first column a number, the others categories. What is read, written and read again must be the
// same. The first byte of an input says which delimiter and encoding the rest is read with.

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/error.hpp"
#include "core/text.hpp"
#include "data/byte_source.hpp"
#include "data/csv_reader.hpp"
#include "data/csv_writer.hpp"
#include "data/delimiter.hpp"
#include "data/encoding.hpp"
#include "features/csv_rows.hpp"
#include "support/schemas.hpp"

namespace {

using namespace mlserve;

using Rows = std::vector<std::vector<std::string>>;

features::Schema schema_of(const std::vector<std::string>& header) {
  features::Schema schema;
  for (const std::string& name : header) {
    schema.features.push_back(schema.features.empty() ? testing::numeric(name)
                                                      : testing::categorical(name, {"1", "a,b"}));
  }
  return schema;
}

/// The header and the fields of all rows; none when the file is refused.
std::optional<Rows> read_fields(std::string_view text, const data::CsvOptions& options) {
  try {
    data::CsvReader csv(data::memory_source(text), "t.csv", options);
    const features::Schema schema = schema_of(csv.header());
    const features::CsvRowParser parser(schema, csv, csv.header());
    Rows rows{csv.header()};
    data::CsvBlock block;
    features::ParsedRows parsed;
    while (csv.read_block(block)) {
      const std::size_t records = block.records.size();
      parsed.start(schema);
      parser.parse(block, parsed);
      if (parsed.rows.size() != records || parsed.kept.size() != records) std::abort();
      for (const features::RowProblem& problem : parsed.problems) {
        if (problem.row >= records || problem.detail.empty()) std::abort();
        if (problem.field.empty()) return std::nullopt;
      }
      for (const auto& kept : parsed.kept) {
        std::vector<std::string>& row = rows.emplace_back();
        for (const features::KeptValue& value : kept) row.push_back(value.text);
      }
    }
    return rows;
  } catch (const Error& error) {
    if (error.kind() != ErrorKind::invalid_data) std::abort();
    return std::nullopt;
  }
}

std::string write(const Rows& rows) {
  std::string text;
  for (const auto& row : rows) {
    for (std::size_t c = 0; c < row.size(); ++c) {
      if (c > 0) text += ',';
      data::append_csv_field(text, row[c]);
    }
    if (row.size() == 1 && row[0].empty()) text += "\"\"";  // else it is a blank line
    text += '\n';
  }
  return text;
}

/// "," ";" TAB "|" by the digits 0 to 3, found by 4; Latin-1 by the five characters that follow.
data::CsvOptions options_of(std::uint8_t byte) {
  const std::size_t choice = (byte + std::size_t{256} - '0') % 10;
  data::CsvOptions options;
  if (choice % 5 < data::kDelimiters.size()) options.delimiter = data::kDelimiters[choice % 5];
  if (choice >= 5) options.encoding = data::Encoding::latin1;
  return options;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const std::string_view input(reinterpret_cast<const char*>(data), size);
  const auto rows = read_fields(input.substr(1), options_of(data[0]));
  if (!rows) return 0;
  const std::string text = write(*rows);
  if (text.find("\r\n") != std::string::npos) return 0;  // a line break in quotes is given as LF
  if (read_fields(text, {',', mlserve::data::Encoding::utf8}) != rows) std::abort();
  return 0;
}
