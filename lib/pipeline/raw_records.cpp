#include "pipeline/raw_records.hpp"

#include <cstddef>
#include <variant>

#include "data/json_writer.hpp"

namespace mlserve::pipeline {
namespace {

void append_value(data::JsonWriter& json, const RawValue& value) {
  if (const auto* number = std::get_if<double>(&value)) {
    json.number(*number);
  } else if (const auto* text = std::get_if<std::string>(&value)) {
    json.string(*text);
  } else {
    json.null();
  }
}

}  // namespace

std::string raw_records(const features::Schema& schema, std::span<const RawRow> rows) {
  std::string text;
  for (const RawRow& row : rows) {
    data::JsonWriter json(text);
    json.begin_object();
    for (std::size_t f = 0; f < row.size(); ++f) {
      json.key(schema.features[f].name);
      append_value(json, row[f]);
    }
    json.end_object();
    text += '\n';
  }
  return text;
}

}  // namespace mlserve::pipeline
