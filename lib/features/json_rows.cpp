#include "features/json_rows.hpp"

#include <cstdint>
#include <span>
#include <utility>

#include <simdjson.h>

#include "core/error.hpp"
#include "core/number.hpp"
#include "core/text.hpp"
#include "data/dictionary.hpp"
#include "data/json_records.hpp"
#include "data/json_writer.hpp"
#include "features/calendar.hpp"
#include "features/encoder.hpp"
#include "features/number_limit.hpp"

namespace mlserve::features {
namespace {

namespace dom = simdjson::dom;

static_assert(data::RecordReader::kPadding >= simdjson::SIMDJSON_PADDING);

std::string_view type_in_words(dom::element_type type) {
  switch (type) {
    case dom::element_type::ARRAY:
      return "a list";
    case dom::element_type::OBJECT:
      return "an object";
    case dom::element_type::STRING:
      return "a string";
    case dom::element_type::BOOL:
      return "a boolean";
    case dom::element_type::NULL_VALUE:
      return "null";
    default:
      return "a number";
  }
}

/// simdjson's messages begin with the name of their code: "TAPE_ERROR: The JSON document …".
std::string_view without_code(std::string_view message) {
  const std::size_t colon = message.find(": ");
  return colon == std::string_view::npos ? message : message.substr(colon + 2);
}

/// Whether a single quote stands outside of all strings, as in Python's repr of a list of dicts.
bool has_single_quotes(std::string_view text) {
  bool in_string = false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '"') in_string = !in_string;
    if (in_string && text[i] == '\\') ++i;
    if (!in_string && text[i] == '\'') return true;
  }
  return false;
}

Error no_json(std::string_view text, simdjson::error_code code) {
  if (has_single_quotes(text)) {
    return Error(ErrorKind::invalid_data,
                 "is not JSON: strings stand in double quotes, not single ones");
  }
  return Error(ErrorKind::invalid_data,
               "is not JSON: " + std::string(without_code(simdjson::error_message(code))));
}

double number(dom::element value) {
  return value.is_bool() ? (value.get_bool().value_unsafe() ? 1 : 0)
                         : value.get_double().value_unsafe();
}

/// The code of a category that stands in JSON as a number, true or false. An integer finds it by
/// its digits: a double does not hold all of 64 bits.
std::uint32_t category_code(const CategoryIndex& index, dom::element value) {
  switch (value.type()) {
    case dom::element_type::BOOL:
      return index.boolean_code(value.get_bool().value_unsafe());
    case dom::element_type::INT64:
      return index.code(std::to_string(value.get_int64().value_unsafe()));
    case dom::element_type::UINT64:
      return index.code(std::to_string(value.get_uint64().value_unsafe()));
    default:
      return index.code(value.get_double().value_unsafe());
  }
}

/// A number can be a category, but neither a text nor a date.
bool needs_string(const Feature& feature) {
  return feature.is_text() || feature.kind == FeatureKind::date;
}

KeptValue kept_value(dom::element value) {
  if (value.is_null()) return {};
  std::string_view text;
  if (value.get(text) == simdjson::SUCCESS) return {std::string(text), true};
  return {simdjson::minify(value), false};
}

}  // namespace

class JsonRowParser::Impl {
 public:
  Impl(const Schema& schema, std::vector<std::string> kept)
      : schema_(schema), kept_(std::move(kept)) {
    for (const Feature& feature : schema.features) names_.insert(feature.name);
  }

  dom::element read(std::string_view text, bool padded) {
    dom::element value;
    const auto code = parser_.parse(text.data(), text.size(), !padded).get(value);
    if (code != simdjson::SUCCESS) throw no_json(text, code);
    return value;
  }

  void append(dom::element record, ParsedRows& out) {
    const std::size_t row = out.rows.append_missing();
    if (!kept_.empty()) out.kept.emplace_back(kept_.size());
    dom::object fields;
    if (record.get(fields) != simdjson::SUCCESS) {
      out.problems.push_back(
          {row, "", "is not an object but " + std::string(type_in_words(record.type()))});
      return;
    }
    std::size_t known = 0;
    std::size_t expected = 0;  // records mostly name their fields in one order
    for (const auto [name, value] : fields) {
      if (!kept_.empty()) keep(name, value, out.kept.back());
      const auto feature = find(name, expected);
      if (!feature) continue;
      ++known;
      expected = *feature + 1;
      set(*feature, value, row, out);
    }
    if (known == 0) {
      out.problems.push_back({row, "", no_feature(fields)});
    } else {
      out.finish_row(schema_);
    }
  }

 private:
  std::optional<std::size_t> find(std::string_view name, std::size_t expected) const {
    if (expected < schema_.features.size() && schema_.features[expected].name == name)
      return expected;
    const auto code = names_.find(name);
    return code ? std::optional<std::size_t>(*code) : std::nullopt;
  }

  void keep(std::string_view name, dom::element value, std::vector<KeptValue>& kept) const {
    for (std::size_t k = 0; k < kept_.size(); ++k) {
      if (kept_[k] == name) kept[k] = kept_value(value);
    }
  }

  void set(std::size_t f, dom::element value, std::size_t row, ParsedRows& out) const {
    const Feature& feature = schema_.features[f];
    if (value.is_null()) return;
    if (value.is_string()) {
      const std::string_view text = value.get_string().value_unsafe();
      if (const auto problem = encode_text(feature, text, out.rows, row, f)) {
        add_problem(f, row, "\"" + shown(text) + "\"", problem->expected, out);
      }
    } else if (value.is_array() || value.is_object() || needs_string(feature)) {
      const std::string_view expected = feature.is_number() ? "a number" : "a string";
      add_problem(f, row, std::string(type_in_words(value.type())), expected, out);
    } else if (feature.is_categorical()) {
      out.rows.set_code(row, f, category_code(feature.index, value));
    } else if (is_usable(number(value))) {
      out.rows.set_number(row, f, number(value));
    } else {
      add_problem(f, row, format_double(number(value)), "a number up to 1e150", out);
    }
  }

  void add_problem(std::size_t f, std::size_t row, const std::string& got,
                   std::string_view expected, ParsedRows& out) const {
    out.problems.push_back(
        {row, schema_.features[f].name, got + " is not " + std::string(expected)});
  }

  std::string no_feature(dom::object fields) const {
    const std::vector<std::string> features = schema_.feature_names();
    std::string detail = "has none of the features " + shown(join(features), 200);
    for (const auto field : fields) {
      const auto meant = nearest_name(field.key, features);
      if (meant)
        return detail + "; did you mean '" + shown(*meant) + "' by '" + shown(field.key) + "'?";
    }
    return detail;
  }

  const Schema& schema_;
  std::vector<std::string> kept_;
  data::Dictionary names_;  ///< feature numbers by name
  dom::parser parser_;
};

JsonRowParser::JsonRowParser(const Schema& schema, std::vector<std::string> kept)
    : impl_(std::make_unique<Impl>(schema, std::move(kept))) {}
JsonRowParser::~JsonRowParser() = default;
JsonRowParser::JsonRowParser(JsonRowParser&&) noexcept = default;

bool JsonRowParser::parse(std::string_view text, ParsedRows& out, std::size_t max_rows) {
  const dom::element value = impl_->read(text, false);
  dom::array records;
  if (value.get(records) != simdjson::SUCCESS) {
    impl_->append(value, out);
    return false;
  }
  const std::size_t begin = out.rows.size();
  for (const dom::element record : records) {
    if (out.problems.size() >= kMaxProblems || out.rows.size() - begin > max_rows) break;
    impl_->append(record, out);
  }
  return true;
}

void JsonRowParser::parse_record(std::string_view text, ParsedRows& out) {
  impl_->append(impl_->read(text, true), out);
}

namespace {

/// A text with these words.
std::string words_as_text(const Feature& feature, std::span<const TermCount> words) {
  std::string text;
  for (const auto& [word, count] : words) {
    for (std::uint32_t i = 0; i < count; ++i) text += feature.categories[word] + " ";
  }
  return text;
}

}  // namespace

std::string record_json(const Schema& schema, const EncodedRows& rows, std::size_t row) {
  std::string text;
  data::JsonWriter json(text);
  json.begin_object();
  for (std::size_t f = 0; f < schema.features.size(); ++f) {
    const Feature& feature = schema.features[f];
    const EncodedRows::ColumnValues& column = rows.columns()[f];
    json.key(feature.name);
    if (rows.is_missing(row, f)) {
      json.null();
    } else if (feature.kind == FeatureKind::date) {
      json.string(format_date(column.numbers[row]));
    } else if (feature.is_number()) {
      json.number(column.numbers[row]);
    } else if (feature.is_text()) {
      json.string(words_as_text(feature, column.words_of(row)));
    } else if (column.codes[row] >= kFirstCategory) {
      json.string(feature.categories[column.codes[row] - kFirstCategory]);
    } else {
      json.null();
    }
  }
  json.end_object();
  return text;
}

}  // namespace mlserve::features
