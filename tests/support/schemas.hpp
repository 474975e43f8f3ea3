#pragma once

#include <string>
#include <utility>
#include <vector>

#include "data/table.hpp"
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
  feature.index = features::CategoryIndex(categories);
  feature.categories = std::move(categories);
  return feature;
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
