#include "features/json_row_builder.hpp"

#include <algorithm>
#include <cstdint>
#include <utility>

#include "core/base64.hpp"
#include "core/error.hpp"
#include "core/number.hpp"
#include "core/text.hpp"
#include "data/json_writer.hpp"
#include "features/encoder.hpp"
#include "features/number_limit.hpp"

namespace mlserve::features {
namespace {

namespace dom = simdjson::dom;

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
bool needs_string(const Feature& feature) { return feature.is_text() || feature.is_date(); }

std::string_view expected_type(const Feature& feature) {
  if (feature.is_date()) return kExpectedDate;
  return feature.is_number() ? "a number" : "a string";
}

/// The text of {"b64": "…"}; none for any other object, and for bytes that are no UTF-8.
std::optional<std::string> text_of_bytes(dom::element value) {
  dom::object fields;
  std::string_view encoded;
  if (value.get(fields) != simdjson::SUCCESS || fields.size() != 1 ||
      fields["b64"].get(encoded) != simdjson::SUCCESS) {
    return std::nullopt;
  }
  std::optional<std::string> text = decode_base64(encoded);
  if (text && find_invalid_utf8(*text) != std::string_view::npos) return std::nullopt;
  return text;
}

/// Writes the fields of a row as one JSON object.
class RecordWriter {
 public:
  explicit RecordWriter(ParsedRows& out)
      : omitted_(out.capture->omitted), json_(out.records.emplace_back()) {
    json_.begin_object();
  }
  ~RecordWriter() { json_.end_object(); }
  RecordWriter(const RecordWriter&) = delete;
  RecordWriter& operator=(const RecordWriter&) = delete;

  void add_all(dom::object fields) {
    for (const auto [name, value] : fields) add(name, value);
  }
  void add(std::string_view name, dom::element value) {
    if (std::ranges::find(omitted_, name) != omitted_.end()) return;
    json_.key(name).raw(simdjson::minify(value));
  }

 private:
  const std::vector<std::string>& omitted_;
  data::JsonWriter json_;
};

void refuse_shared(dom::object fields, dom::object shared, ParsedRows& out) {
  for (const auto field : fields) {
    if (shared.at_key(field.key).error() != simdjson::SUCCESS) continue;
    out.problems.push_back({out.rows.size() - 1, std::string(field.key),
                            "stands among the fields of all records, too"});
  }
}

}  // namespace

std::string_view type_in_words(dom::element value) {
  switch (value.type()) {
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

JsonRowBuilder::JsonRowBuilder(const Schema& schema) : schema_(schema) {
  for (const Feature& feature : schema.features) names_.insert(feature.name);
}

std::optional<std::size_t> JsonRowBuilder::find(std::string_view name, std::size_t expected) const {
  if (expected < schema_.features.size() && schema_.features[expected].name == name)
    return expected;
  const auto code = names_.find(name);
  return code ? std::optional<std::size_t>(*code) : std::nullopt;
}

JsonHeader JsonRowBuilder::header(std::vector<std::string> names) const {
  JsonHeader header{std::move(names), {}};
  std::vector<bool> known(schema_.features.size(), false);
  std::size_t expected = 0;
  for (const std::string& name : header.names) {
    const auto feature = header.features.emplace_back(find(name, expected));
    if (!feature) continue;
    if (known[*feature]) {
      throw Error(ErrorKind::invalid_data, "has two columns '" + shown(name) + "'");
    }
    known[*feature] = true;
    expected = *feature + 1;
  }
  const auto lacking = std::ranges::find(known, false);
  if (lacking != known.end()) {
    const auto feature = static_cast<std::size_t>(lacking - known.begin());
    throw Error(ErrorKind::invalid_data, no_column(schema_.features[feature].name, header.names));
  }
  return header;
}

JsonHeader JsonRowBuilder::feature_order() const {
  JsonHeader header{schema_.feature_names(), {}};
  for (std::size_t f = 0; f < header.names.size(); ++f) header.features.emplace_back(f);
  return header;
}

void JsonRowBuilder::append_record(Value record, ParsedRows& out, ValueForm form,
                                   const Object* shared) const {
  dom::object fields;
  if (record.get(fields) != simdjson::SUCCESS) {
    out.append_bad("is not an object but " + std::string(type_in_words(record)));
    return;
  }
  const std::size_t row = out.rows.append_missing();
  std::size_t known = shared == nullptr ? 0 : set_fields(*shared, form, out);
  known += set_fields(fields, form, out);
  if (shared != nullptr) refuse_shared(fields, *shared, out);
  if (out.capture != nullptr) {
    RecordWriter writer(out);
    if (shared != nullptr) writer.add_all(*shared);
    writer.add_all(fields);
  }
  if (known == 0) {
    out.problems.push_back({row, "", no_feature(fields)});
  } else {
    out.finish_row(schema_);
  }
}

// Returns how many of them are features.
std::size_t JsonRowBuilder::set_fields(Object fields, ValueForm form, ParsedRows& out) const {
  std::size_t known = 0;
  std::size_t expected = 0;  // records mostly name their fields in one order
  for (const auto [name, value] : fields) {
    const auto feature = find(name, expected);
    if (!feature) continue;
    ++known;
    expected = *feature + 1;
    set(*feature, value, form, out);
  }
  return known;
}

void JsonRowBuilder::append_values(const JsonHeader& header, std::span<const Value> values,
                                   ParsedRows& out, ValueForm form) const {
  if (values.size() != header.names.size()) {
    out.append_bad("has " + std::to_string(values.size()) + " values where there are " +
                   std::to_string(header.names.size()) + " columns");
    return;
  }
  out.rows.append_missing();
  for (std::size_t c = 0; c < values.size(); ++c) {
    if (header.features[c]) set(*header.features[c], values[c], form, out);
  }
  if (out.capture != nullptr) {
    RecordWriter writer(out);
    for (std::size_t c = 0; c < values.size(); ++c) writer.add(header.names[c], values[c]);
  }
  out.finish_row(schema_);
}

void JsonRowBuilder::set(std::size_t f, Value value, ValueForm form, ParsedRows& out) const {
  const Feature& feature = schema_.features[f];
  const std::size_t row = out.rows.size() - 1;
  if (value.is_null()) return;
  if (value.is_string()) {
    set_text(f, value.get_string().value_unsafe(), out);
  } else if (value.is_array() || value.is_object()) {
    set_wrapped(f, value, form, out);
  } else if (needs_string(feature)) {
    add_problem(f, std::string(type_in_words(value)), expected_type(feature), out);
  } else if (feature.is_categorical()) {
    out.rows.set_code(row, f, category_code(feature.index, value));
  } else if (is_usable(number(value))) {
    out.rows.set_number(row, f, number(value));
  } else {
    add_problem(f, format_double(number(value)), "a number up to 1e150", out);
  }
}

void JsonRowBuilder::set_text(std::size_t f, std::string_view text, ParsedRows& out) const {
  const std::size_t row = out.rows.size() - 1;
  if (const auto problem = encode_text(schema_.features[f], text, out.rows, row, f)) {
    add_problem(f, "\"" + shown(text) + "\"", problem->expected, out);
  }
}

// A list of one list of … is unwrapped as deep as simdjson lets it be.
void JsonRowBuilder::set_wrapped(std::size_t f, Value value, ValueForm form,
                                 ParsedRows& out) const {
  dom::array values;
  if (form == ValueForm::tensor) {
    if (value.get(values) == simdjson::SUCCESS && values.size() == 1) {
      set(f, *values.begin(), form, out);
      return;
    }
    if (const auto text = text_of_bytes(value)) {
      set_text(f, *text, out);
      return;
    }
  }
  add_problem(f, std::string(type_in_words(value)), expected_type(schema_.features[f]), out);
}

void JsonRowBuilder::add_problem(std::size_t f, const std::string& got, std::string_view expected,
                                 ParsedRows& out) const {
  out.problems.push_back(
      {out.rows.size() - 1, schema_.features[f].name, got + " is not " + std::string(expected)});
}

std::string JsonRowBuilder::no_feature(dom::object fields) const {
  const std::vector<std::string> features = schema_.feature_names();
  std::string detail = "has none of the features " + shown(join(features), 200);
  for (const auto field : fields) {
    const auto meant = nearest_name(field.key, features);
    if (meant)
      return detail + "; did you mean '" + shown(*meant) + "' by '" + shown(field.key) + "'?";
  }
  return detail;
}

}  // namespace mlserve::features
