#pragma once

#include <string>
#include <utility>
#include <vector>

#include "data/table.hpp"
#include "features/calendar.hpp"
#include "features/encoder.hpp"
#include "features/schema.hpp"

namespace mlserve::testing {

inline features::Feature numeric(std::string name, double minimum = 0, double maximum = 100) {
  features::Feature feature;
  feature.name = std::move(name);
  feature.minimum = minimum;
  feature.maximum = maximum;
  return feature;
}

inline features::Feature boolean(std::string name) {
  features::Feature feature = numeric(std::move(name), 0, 1);
  feature.kind = features::FeatureKind::boolean;
  return feature;
}

/// `categories` in code-point order.
inline features::Feature categorical(std::string name, std::vector<std::string> categories) {
  features::Feature feature;
  feature.name = std::move(name);
  feature.kind = features::FeatureKind::categorical;
  feature.counts.assign(categories.size(), 1);
  feature.categories = std::move(categories);
  feature.index_categories();
  return feature;
}

/// `words` in code-point order.
inline features::Feature text(std::string name, std::vector<std::string> words) {
  features::Feature feature;
  feature.name = std::move(name);
  feature.kind = features::FeatureKind::text;
  feature.counts.assign(words.size(), 1);
  feature.categories = std::move(words);
  feature.index_categories();
  return feature;
}

/// From the first day of 2024 to the last, with all the parts of a day.
inline features::Feature date(std::string name) {
  features::Feature feature;
  feature.name = std::move(name);
  feature.kind = features::FeatureKind::date;
  feature.minimum = *features::parse_date("2024-01-01");
  feature.maximum = *features::parse_date("2024-12-31");
  feature.date_parts = {features::DatePart::month, features::DatePart::day_of_week};
  return feature;
}

/// Every category with a column of its own, every word with the weight 1, missing numbers as 0.
inline features::Encoder plain_encoder(const features::Schema& schema) {
  std::vector<features::FeatureEncoding> encodings;
  for (const features::Feature& feature : schema.features) {
    features::FeatureEncoding& encoding = encodings.emplace_back();
    if (feature.is_categorical())
      encoding.use.assign(feature.categories.size(), features::CategoryUse::own);
    if (feature.is_text()) encoding.idf.assign(feature.categories.size(), 1.0);
  }
  return features::Encoder(std::move(encodings));
}

/// Age, Sex and Embarked, as the Titanic tutorials have them; the target Survived is 0 or 1.
inline features::Schema passenger_schema() {
  features::Schema schema;
  schema.features = {numeric("Age", 0.5, 80), categorical("Sex", {"female", "male"}),
                     categorical("Embarked", {"C", "Q", "S"})};
  schema.target = {"Survived", features::TargetType::integer, {"0", "1"}, {3, 2}};
  return schema;
}

/// A table of texts, as if read from t.csv with its header in line 1.
inline data::Table texts_table(const std::vector<std::string>& names,
                               const std::vector<std::vector<std::string>>& rows) {
  data::Table table;
  table.source = "t.csv";
  table.rows = rows.size();
  table.files = {{0, table.source}};
  table.line_starts = {{0, 2}};
  for (std::size_t c = 0; c < names.size(); ++c) {
    data::Column column;
    column.name = names[c];
    for (const auto& row : rows) column.codes.push_back(column.dictionary.insert(row[c]));
    table.columns.push_back(std::move(column));
  }
  return table;
}

}  // namespace mlserve::testing
