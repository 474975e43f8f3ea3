#pragma once

#include <cmath>
#include <cstddef>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include "core/number.hpp"
#include "data/input.hpp"
#include "data/missing.hpp"
#include "data/table.hpp"
#include "features/encoded_rows.hpp"
#include "features/encoder.hpp"
#include "model/model.hpp"
#include "model/scorer.hpp"
#include "pipeline/export_runtime.hpp"

namespace mlserve::testing {

using pipeline::RawRow;
using pipeline::RawValue;

/// The rows as the program itself understands them.
inline features::EncodedRows encode(const features::Schema& schema,
                                    const std::vector<RawRow>& rows) {
  features::EncodedRows encoded(schema);
  for (const RawRow& row : rows) {
    const std::size_t at = encoded.append_missing();
    for (std::size_t f = 0; f < row.size(); ++f) {
      if (const auto* number = std::get_if<double>(&row[f])) encoded.set_number(at, f, *number);
      if (const auto* text = std::get_if<std::string>(&row[f])) {
        const auto problem = features::encode_text(schema.features[f], *text, encoded, at, f);
        if (problem) throw std::invalid_argument(*text);
      }
    }
  }
  return encoded;
}

/// What the program answers.
inline pipeline::ExportAnswers answers_of(const model::Model& model,
                                          const std::vector<RawRow>& rows) {
  const model::Scorer scorer(model);
  model::Scores scores;
  scorer.score(encode(model.schema, rows), scores);
  pipeline::ExportAnswers answers;
  answers.numbers.width = pipeline::answer_width(model);
  for (std::size_t i = 0; i < rows.size(); ++i) {
    for (const double number : pipeline::answer_of(model, scores.row(i)))
      answers.numbers.values.push_back(number);
    if (model.estimator == model::Estimator::logistic)
      answers.labels.push_back(scorer.label(scores.row(i)));
  }
  return answers;
}

/// The rows of a CSV file.
inline std::vector<RawRow> raw_rows_of(const model::Model& model, const std::string& path) {
  const std::vector<data::Input> inputs = {data::file_input(path)};
  const data::Table table =
      data::read_table(inputs, {}, 1, [](const auto& header) { return header; });
  std::vector<RawRow> rows(table.rows);
  for (const features::Feature& feature : model.schema.features) {
    const data::Column& column = *table.find(feature.name);
    for (std::size_t i = 0; i < rows.size(); ++i) {
      RawValue& value = rows[i].emplace_back();
      if (column.is_numbers) {
        if (!std::isnan(column.numbers[i])) value = column.numbers[i];
      } else {
        const std::string text(column.dictionary.text(column.codes[i]));
        const bool is_number = feature.kind == features::FeatureKind::numeric;
        if (!is_number) value = text;
        if (is_number && !data::is_missing_marker(text)) value = parse_double(text).value();
      }
    }
  }
  return rows;
}

/// Values that a feature may have, of many sizes and spellings, missing and unknown ones too.
inline std::vector<RawValue> varied_values(const features::Feature& feature) {
  using features::FeatureKind;
  std::vector<RawValue> values = {std::monostate()};
  if (feature.is_date()) {
    for (const char* text :
         {"", "NA", "2024-02-29", "1969-12-31T23:59:59.5", "0001-01-01", "9999-12-31 23:59:59",
          "1900-03-01T12:34+02:00", "2024-12-31T23:59:59.9999999-0030", "2000-01-01T00:00Z"})
      values.emplace_back(text);
  } else if (feature.is_text()) {
    std::string all = "some ";
    for (const std::string& word : feature.categories) all += word + " " + word + ", ";
    for (const std::string& text :
         {std::string(), std::string("null"), all, std::string("nothing that is known"),
          feature.categories[0], feature.categories.back() + "-" + feature.categories[0] + "x"})
      values.emplace_back(text);
  } else if (feature.is_categorical()) {
    for (const std::string& category : feature.categories) values.emplace_back(category);
    for (const char* text : {"", "NA", "of no category"}) values.emplace_back(text);
  } else if (feature.kind == FeatureKind::boolean) {
    values.insert(values.end(), {0.0, 1.0});
  } else {
    for (const double number : {0.0, -0.0, 1.0, 0.1, 1e-300, 5e-324, 1e149, -1e149, 1234567.125})
      values.emplace_back(number);
  }
  return values;
}

inline std::vector<RawRow> varied_rows(const model::Model& model, std::size_t count = 120) {
  std::vector<std::vector<RawValue>> values;
  for (const features::Feature& feature : model.schema.features)
    values.push_back(varied_values(feature));
  std::vector<RawRow> rows(count);
  std::size_t step = 0;
  for (RawRow& row : rows) {
    // Each feature goes through its values at its own pace, so that they meet in many ways.
    for (std::size_t f = 0; f < values.size(); ++f)
      row.push_back(values[f][(step + step * f / 3 + f) % values[f].size()]);
    ++step;
  }
  return rows;
}

}  // namespace mlserve::testing
