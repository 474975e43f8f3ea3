#include "features/csv_rows.hpp"

#include <algorithm>
#include <span>

#include "core/error.hpp"
#include "core/number.hpp"
#include "core/text.hpp"
#include "data/json_writer.hpp"
#include "features/encoder.hpp"

namespace mlserve::features {
namespace {

/// Where each of `names` stands in the header.
std::vector<std::size_t> require_columns(const data::CsvReader& csv,
                                         const std::vector<std::string>& names) {
  std::vector<std::size_t> columns;
  for (const std::string& name : names) {
    const auto found = std::find(csv.header().begin(), csv.header().end(), name);
    if (found == csv.header().end()) {
      throw Error(ErrorKind::invalid_data,
                  csv.at_line(csv.header_line(), no_column(name, csv.header())));
    }
    columns.push_back(static_cast<std::size_t>(found - csv.header().begin()));
  }
  return columns;
}

/// Whether `text` is a number as JSON spells it: "-1.50", not "007", "+1", ".5", "1." or "1 ".
bool is_json_number(std::string_view text) {
  const std::string_view digits = text.substr(text.starts_with('-') ? 1 : 0);
  if (digits.empty() || !is_digit(digits.front()) || !is_digit(digits.back())) return false;
  const bool leading_zero = digits.front() == '0' && digits.size() > 1 && is_digit(digits[1]);
  return !leading_zero && digits.find(".e") == std::string_view::npos &&
         digits.find(".E") == std::string_view::npos && parse_double(text).has_value();
}

KeptValue kept_value(std::string_view field) {
  return {std::string(field), !field.empty() && !is_json_number(field)};
}

}  // namespace

CsvRowParser::CsvRowParser(const Schema& schema, const data::CsvReader& csv,
                           const std::vector<std::string>& kept)
    : schema_(schema),
      csv_(csv),
      feature_columns_(require_columns(csv, schema.feature_names())),
      kept_columns_(require_columns(csv, kept)) {
  for (std::size_t c = 0; c < csv.header().size(); ++c)
    every_column_.push_back(static_cast<int>(c));
}

void CsvRowParser::parse(data::CsvBlock& block, ParsedRows& out) const {
  csv_.check(block);
  std::vector<std::string_view> fields(every_column_.size());
  for (std::size_t i = 0; i < block.records.size(); ++i) {
    try {
      csv_.split(block, i, every_column_, fields);
    } catch (const Error& error) {
      out.append_bad(error.what(), kept_columns_.size());
      continue;
    }
    append(fields, out);
  }
}

void CsvRowParser::append(std::span<const std::string_view> fields, ParsedRows& out) const {
  const std::size_t row = out.rows.append_missing();
  for (std::size_t f = 0; f < feature_columns_.size(); ++f) {
    const Feature& feature = schema_.features[f];
    const std::string_view text = fields[feature_columns_[f]];
    if (const auto problem = encode_text(feature, text, out.rows, row, f)) {
      out.problems.push_back(
          {row, feature.name, "\"" + shown(text) + "\" is not " + std::string(problem->expected)});
    }
  }
  out.finish_row(schema_);
  if (out.capture != nullptr) out.records.push_back(record_of(fields, out.capture->omitted));
  if (kept_columns_.empty()) return;
  std::vector<KeptValue>& kept = out.kept.emplace_back();
  for (const std::size_t column : kept_columns_) kept.push_back(kept_value(fields[column]));
}

std::string CsvRowParser::record_of(std::span<const std::string_view> fields,
                                    const std::vector<std::string>& omitted) const {
  std::string record;
  data::JsonWriter json(record);
  json.begin_object();
  for (std::size_t c = 0; c < fields.size(); ++c) {
    const std::string& name = csv_.header()[c];
    if (std::find(omitted.begin(), omitted.end(), name) == omitted.end()) {
      json.key(name).string(fields[c]);  // a string of digits is as good as a number everywhere
    }
  }
  json.end_object();
  return record;
}

}  // namespace mlserve::features
