// JSON as anyone may send it: cut into records and parsed one by one, and parsed whole. Where the
// whole is JSON, both must see the same rows.

#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "core/error.hpp"
#include "data/byte_source.hpp"
#include "data/json_records.hpp"
#include "features/json_rows.hpp"
#include "support/schemas.hpp"

namespace {

using namespace mlserve;

/// What a reader understood: a line for each cell, kept value and problem.
struct Reading {
  bool refused = false;
  std::string rows;
};

void describe(const features::ParsedRows& parsed, std::string& out) {
  for (std::size_t row = 0; row < parsed.rows.size(); ++row) {
    for (const auto& column : parsed.rows.columns()) {
      const bool numbers = column.form == features::EncodedRows::Form::numbers;
      out += std::to_string(numbers ? std::bit_cast<std::uint64_t>(column.numbers[row])
                                    : column.codes[row]);
      out += '\n';
      if (column.form != features::EncodedRows::Form::words) continue;
      for (const auto& [word, count] : column.words_of(row))
        out += std::to_string(word) + "x" + std::to_string(count) + '\n';
    }
    for (const auto& kept : parsed.kept[row]) out += kept.text + (kept.is_text ? "\"\n" : "\n");
  }
  for (const auto& problem : parsed.problems) {
    out += std::to_string(problem.row) + problem.field + problem.detail + '\n';
  }
}

Reading read_records(features::JsonRowParser& parser, const features::Schema& schema,
                     std::string_view text, data::RecordLayout layout) {
  Reading reading;
  features::ParsedRows parsed;
  parsed.start(schema);
  try {
    data::RecordReader reader(data::memory_source(text), "t", layout);
    data::RecordBlock block;
    while (reader.read_block(block)) {
      for (std::size_t i = 0; i < block.records.size(); ++i) {
        parser.parse_record(block.record_text(i), parsed);
      }
    }
  } catch (const Error& error) {
    if (error.kind() != ErrorKind::invalid_data) std::abort();
    reading.refused = true;
  }
  if (!reading.refused) describe(parsed, reading.rows);
  return reading;
}

Reading read_whole(features::JsonRowParser& parser, const features::Schema& schema,
                   std::string_view text) {
  Reading reading;
  features::ParsedRows parsed;
  parsed.start(schema);
  try {
    parser.parse(text, parsed);
    describe(parsed, reading.rows);
  } catch (const Error& error) {
    if (error.kind() != ErrorKind::invalid_data) std::abort();
    reading.refused = true;
  }
  return reading;
}

bool is_list_or_object(std::string_view text) {
  const std::size_t first = text.find_first_not_of(" \t\r\n");
  return first != std::string_view::npos && (text[first] == '[' || text[first] == '{');
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const features::Schema schema = [] {
    features::Schema all_kinds = testing::passenger_schema();
    all_kinds.features.push_back(testing::text("Note", {"and", "cabin", "the"}));
    all_kinds.features.push_back(testing::date("When"));
    return all_kinds;
  }();
  static features::JsonRowParser parser(schema, {"id", "Age"});
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  read_records(parser, schema, text, data::RecordLayout::lines);
  const Reading records = read_records(parser, schema, text, data::RecordLayout::list);
  const Reading whole = read_whole(parser, schema, text);
  if (whole.refused || !is_list_or_object(text)) return 0;
  if (records.refused || records.rows != whole.rows) std::abort();
  return 0;
}
