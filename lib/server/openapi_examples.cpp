#include "server/openapi_examples.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <cstddef>
#include <numeric>
#include <string>
#include <vector>

#include "core/number.hpp"
#include "data/csv_writer.hpp"
#include "features/calendar.hpp"
#include "features/json_rows.hpp"
#include "features/schema.hpp"
#include "pipeline/prediction_writer.hpp"
#include "server/frequent_categories.hpp"

namespace mlserve::server {
namespace {

using features::Feature;
using features::FeatureKind;

constexpr std::size_t kRows = 2;
constexpr std::size_t kWordsOfAText = 3;

/// Three digits are enough for an example.
double rounded(double value) {
  constexpr int kDigits = 3;
  std::array<char, 32> text{};
  const auto end = std::to_chars(text.data(), text.data() + text.size(), value,
                                 std::chars_format::general, kDigits);
  return parse_double({text.data(), end.ptr}).value_or(0);
}

/// The fill value in the first row, the middle of the range in the second.
double number_example(const Feature& feature, double fill, std::size_t row) {
  const double middle = std::midpoint(feature.minimum, feature.maximum);
  double value = row == 0 ? fill : middle;
  value = feature.integers ? std::round(value) : rounded(value);
  return std::clamp(value, feature.minimum, feature.maximum);
}

std::string category_example(const Feature& feature, std::size_t row) {
  const std::vector<std::size_t> order = by_frequency(feature);
  return order.empty() ? "other" : feature.categories[order[std::min(row, order.size() - 1)]];
}

std::string text_example(const Feature& feature, std::size_t row) {
  const std::vector<std::size_t> order = by_frequency(feature);
  std::string text;
  for (std::size_t i = row; i < order.size() && i < row + kWordsOfAText; ++i) {
    text += (text.empty() ? "" : " ") + feature.categories[order[i]];
  }
  return text.empty() ? "text" : text;
}

OrderedJson value_example(const Feature& feature, double fill, std::size_t row) {
  constexpr double kDay = 86'400;
  switch (feature.kind) {
    case FeatureKind::categorical:
      return category_example(feature, row);
    case FeatureKind::text:
      return text_example(feature, row);
    case FeatureKind::boolean:
      return (number_example(feature, fill, 0) >= 0.5) == (row == 0);
    case FeatureKind::date:
      return features::format_date(std::floor(number_example(feature, fill, row) / kDay) * kDay);
    case FeatureKind::numeric:
      break;
  }
  return number_json(number_example(feature, fill, row));
}

/// The rows as values by feature, and by row.
struct Rows {
  explicit Rows(const model::Model& model) : names(model.schema.feature_names()) {
    for (std::size_t f = 0; f < names.size(); ++f) {
      std::vector<OrderedJson>& values = columns.emplace_back();
      for (std::size_t row = 0; row < kRows; ++row) {
        values.push_back(value_example(model.schema.features[f], model.encoder[f].fill, row));
      }
    }
  }

  OrderedJson record(std::size_t row) const {
    OrderedJson record = OrderedJson::object();
    for (std::size_t f = 0; f < names.size(); ++f) record[names[f]] = columns[f][row];
    return record;
  }

  std::vector<std::string> names;
  std::vector<std::vector<OrderedJson>> columns;
};

OrderedJson records(const Rows& rows) {
  OrderedJson list = OrderedJson::array();
  for (std::size_t row = 0; row < kRows; ++row) list.push_back(rows.record(row));
  return list;
}

std::string lines(const Rows& rows) {
  std::string text;
  for (std::size_t row = 0; row < kRows; ++row) text += rows.record(row).dump() + "\n";
  return text;
}

std::string csv(const Rows& rows) {
  std::string text;
  const auto add = [&text](std::size_t f, std::string_view field) {
    if (f > 0) text += ',';
    data::append_csv_field(text, field);
  };
  for (std::size_t f = 0; f < rows.names.size(); ++f) add(f, rows.names[f]);
  text += '\n';
  for (std::size_t row = 0; row < kRows; ++row) {
    for (std::size_t f = 0; f < rows.names.size(); ++f) add(f, text_of(rows.columns[f][row]));
    text += '\n';
  }
  return text;
}

/// As pandas' to_dict(orient="split").
OrderedJson split(const Rows& rows) {
  OrderedJson data = OrderedJson::array();
  for (std::size_t row = 0; row < kRows; ++row) {
    OrderedJson& values = data.emplace_back(OrderedJson::array());
    for (const std::vector<OrderedJson>& column : rows.columns) values.push_back(column[row]);
  }
  return {{"columns", rows.names}, {"data", data}};
}

OrderedJson columns(const Rows& rows) {
  OrderedJson by_name = OrderedJson::object();
  for (std::size_t f = 0; f < rows.names.size(); ++f) by_name[rows.names[f]] = rows.columns[f];
  return by_name;
}

const char* datatype(const Feature& feature) {
  if (feature.kind == FeatureKind::boolean) return "BOOL";
  return feature.kind == FeatureKind::numeric ? "FP64" : "BYTES";
}

OrderedJson tensors(const Rows& rows, const features::Schema& schema) {
  OrderedJson inputs = OrderedJson::array();
  for (std::size_t f = 0; f < rows.names.size(); ++f) {
    inputs.push_back({{"name", rows.names[f]},
                      {"shape", OrderedJson::array({kRows})},
                      {"datatype", datatype(schema.features[f])},
                      {"data", rows.columns[f]}});
  }
  return inputs;
}

/// What POST /predict answers.
OrderedJson answer(const ServedModel& served, const OrderedJson& list) {
  const model::Model& model = served.model();
  const bool probabilities = !model.schema.target.classes.empty();
  features::ParsedRows parsed;
  parsed.start(model.schema);
  features::JsonRowParser(model.schema).parse(list.dump(), parsed);
  pipeline::ScoredRows scored;
  pipeline::score_rows(served.scorer(), parsed.rows, false, scored);
  const pipeline::PredictionFormatter formatter(
      model, served.scorer(), {pipeline::FileFormat::json, probabilities, false, {}});
  pipeline::PredictionText text;
  formatter.format(parsed, scored, text);
  return OrderedJson::parse(formatter.document(text));
}

}  // namespace

void add_model_examples(const ServedModel& served, TemplateFilling& filling) {
  const Rows rows(served.model());
  const OrderedJson list = records(rows);
  const OrderedJson answered = answer(served, list);
  filling.values["example_record"] = list[0];
  filling.values["example_records"] = list;
  filling.values["example_lines"] = lines(rows);
  filling.values["example_csv"] = csv(rows);
  filling.values["example_split"] = split(rows);
  filling.values["example_columns"] = columns(rows);
  filling.values["example_tensors"] = tensors(rows, served.model().schema);
  filling.values["example_predictions"] = answered.at("prediction");
  filling.values["example_answer"] = {{"prediction", answered.at("prediction")}};
  filling.values["example_probabilities"] = answered;
}

}  // namespace mlserve::server
