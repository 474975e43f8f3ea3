#include "exporters/sql_values.hpp"

#include <string_view>
#include <vector>

#include "core/number.hpp"
#include "data/missing.hpp"
#include "exporters/spellings.hpp"
#include "features/boolean_text.hpp"
#include "features/number_limit.hpp"
#include "features/schema.hpp"

namespace mlserve::exporters {
namespace {

using features::Feature;
using features::FeatureKind;

/// "('a', 'b')".
template <class Texts>
std::string list(const SqlDialect& dialect, const Texts& texts) {
  std::string result;
  for (const auto& text : texts) result += (result.empty() ? "(" : ", ") + sql_text(dialect, text);
  return result + ")";
}

std::string cast(const std::string& value, std::string_view type) {
  return "CAST(" + value + " AS " + std::string(type) + ")";
}

/// WHEN clauses for the texts that are no decimals.
std::string when_word(const SqlDialect& dialect, const std::string& value) {
  std::string text;
  for (const bool truth : {false, true}) {
    text += " WHEN " + value + " IN " + list(dialect, features::kBooleanSpellings[truth ? 1 : 0]) +
            " THEN " + sql_number(dialect, truth ? 1 : 0);
  }
  std::vector<std::string_view> markers = {""};
  markers.insert(markers.end(), data::kMissingMarkers.begin(), data::kMissingMarkers.end());
  return text + " WHEN " + value + " IN " + list(dialect, markers) + " THEN NULL";
}

/// WHEN clauses for the double `number`, which may be NaN.
std::string when_number(const SqlDialect& dialect, const std::string& number) {
  const std::string limit = format_double(features::kLargestNumber);
  if (dialect.has_untyped_columns) {
    // The type of the limits makes numbers of texts that spell one, for the comparison.
    return " WHEN " + number + " BETWEEN " + cast("-" + limit, dialect.double_type) + " AND " +
           cast(limit, dialect.double_type) + " THEN " + cast(number, dialect.double_type);
  }
  return " WHEN abs(" + number + ") <= " + sql_number(dialect, features::kLargestNumber) +
         " THEN " + sql_factor(dialect, number);
}

std::string checked_number(const SqlDialect& dialect, const Feature& feature,
                           const std::string& value) {
  if (dialect.has_untyped_columns) {
    return "CASE" + when_number(dialect, value) + " WHEN " + value + " IS NULL THEN NULL" +
           when_word(dialect, value) + " ELSE " + std::string(dialect.infinity) + " END";
  }
  // Of a boolean feature the raw value is a text, for a column of truth values cannot be cast to a
  // double everywhere.
  const bool is_text = feature.kind == FeatureKind::boolean;
  const std::string number = is_text ? cast(value, dialect.double_type) : value;
  return "CASE" + (is_text ? when_word(dialect, value) : "") + when_number(dialect, number) +
         " WHEN " + number + " <> " + cast("'NaN'", dialect.double_type) + " THEN " +
         std::string(dialect.infinity) + " END";
}

/// A category or NULL; markers are NULL where that matters.
std::optional<std::string> checked_category(const SqlDialect& dialect, const model::Model& model,
                                            std::size_t f) {
  std::vector<std::string> markers;
  for (const Spelling& spelling : spellings(model, f)) {
    if (spelling.code == features::kMissing) markers.push_back(spelling.text);
  }
  if (markers.empty()) return std::nullopt;
  const std::string value = sql_feature(f);
  return "(CASE WHEN " + value + " IN " + list(dialect, markers) + " THEN NULL ELSE " + value +
         " END)" + std::string(dialect.bytewise);
}

}  // namespace

std::string sql_feature(std::size_t f) { return "x" + std::to_string(f + 1); }

std::string sql_raw_value(const SqlDialect& dialect, const model::Model& model, std::size_t f,
                          const std::string& column) {
  const Feature& feature = model.schema.features[f];
  if (feature.is_number() && dialect.has_untyped_columns) return column;
  if (feature.kind == FeatureKind::numeric) return cast(column, dialect.double_type);
  // SQLite makes an index of a table of weights only for a value without an affinity, as + gives
  // it.
  const std::string plus = dialect.has_untyped_columns ? "+" : "";
  return plus + cast(column, dialect.text_type) + std::string(dialect.bytewise);
}

std::optional<std::string> sql_checked_value(const SqlDialect& dialect, const model::Model& model,
                                             std::size_t f) {
  const Feature& feature = model.schema.features[f];
  if (feature.is_number()) return checked_number(dialect, feature, sql_feature(f));
  return checked_category(dialect, model, f);
}

}  // namespace mlserve::exporters
