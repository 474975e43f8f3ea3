#include "features/json_rows.hpp"

#include <cstdint>
#include <span>
#include <utility>

#include "data/json_writer.hpp"
#include "features/calendar.hpp"
#include "features/json_document.hpp"
#include "features/json_row_builder.hpp"

namespace mlserve::features {
namespace {

namespace dom = simdjson::dom;

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
      : builder(schema), kept_(std::move(kept)) {}

  void append(dom::element record, ParsedRows& out) {
    builder.append_record(record, out);
    if (!kept_.empty()) keep(record, out.kept.emplace_back(kept_.size()));
  }

  JsonDocument document;
  const JsonRowBuilder builder;

 private:
  void keep(dom::element record, std::vector<KeptValue>& kept) const {
    dom::object fields;
    if (record.get(fields) != simdjson::SUCCESS) return;
    for (const auto [name, value] : fields) {
      for (std::size_t k = 0; k < kept_.size(); ++k) {
        if (kept_[k] == name) kept[k] = kept_value(value);
      }
    }
  }

  std::vector<std::string> kept_;
};

JsonRowParser::JsonRowParser(const Schema& schema, std::vector<std::string> kept)
    : impl_(std::make_unique<Impl>(schema, std::move(kept))) {}
JsonRowParser::~JsonRowParser() = default;
JsonRowParser::JsonRowParser(JsonRowParser&&) noexcept = default;

bool JsonRowParser::parse(std::string_view text, ParsedRows& out, std::size_t max_rows) {
  const dom::element value = impl_->document.read(text);
  dom::array records;
  if (value.get(records) != simdjson::SUCCESS) {
    impl_->append(value, out);
    return false;
  }
  for (const dom::element record : records) {
    if (out.is_enough(max_rows)) break;
    impl_->append(record, out);
  }
  return true;
}

void JsonRowParser::parse_record(std::string_view text, ParsedRows& out) {
  impl_->append(impl_->document.read_padded(text), out);
}

JsonDocument& JsonRowParser::document() { return impl_->document; }
const JsonRowBuilder& JsonRowParser::builder() const { return impl_->builder; }

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
    } else if (feature.is_date()) {
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
