#include "features/encoder.hpp"

#include <cmath>
#include <limits>
#include <numeric>
#include <optional>
#include <utility>

#include "core/number.hpp"
#include "data/missing.hpp"
#include "features/boolean_text.hpp"
#include "features/number_limit.hpp"

namespace mlserve::features {
namespace {

constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();

double weighted_mean(std::span<const double> values, std::span<const double> weights,
                     double otherwise) {
  double sum = 0;
  double weight = 0;
  for (std::size_t i = 0; i < values.size(); ++i) {
    if (std::isnan(values[i])) continue;
    sum += weights[i] * values[i];
    weight += weights[i];
  }
  if (weight <= 0) return otherwise;
  if (std::isfinite(sum)) return sum / weight;
  double mean = 0;  // the sum of values near the largest double overflows, that of shares does not
  for (std::size_t i = 0; i < values.size(); ++i) {
    if (!std::isnan(values[i])) mean += weights[i] / weight * values[i];
  }
  return mean;
}

/// Encodes one column of a table: every text once, then by code.
EncodedRows::ColumnValues encode_column(const Feature& feature, const data::Column& column,
                                        std::span<const std::uint32_t> wanted) {
  EncodedRows::ColumnValues values;
  values.is_codes = feature.is_categorical();
  if (column.is_numbers) {
    values.numbers.reserve(wanted.size());
    for (const std::uint32_t row : wanted) values.numbers.push_back(column.numbers[row]);
    return values;
  }
  Schema one;
  one.features.push_back(feature);
  EncodedRows texts(one);
  for (std::uint32_t code = 0; code < column.dictionary.size(); ++code) {
    encode_text(feature, column.dictionary.text(code), texts, texts.append_missing(), 0);
  }
  const EncodedRows::ColumnValues& by_code = texts.columns()[0];
  for (const std::uint32_t row : wanted) {
    const std::uint32_t code = column.codes[row];
    if (values.is_codes) {
      values.codes.push_back(by_code.codes[code]);
    } else {
      values.numbers.push_back(by_code.numbers[code]);
    }
  }
  return values;
}

}  // namespace

Encoder Encoder::fit(const Schema& schema, const EncodedRows& rows,
                     std::span<const double> weights) {
  std::vector<double> fill_values;
  for (std::size_t f = 0; f < schema.features.size(); ++f) {
    const Feature& feature = schema.features[f];
    const double middle = std::midpoint(feature.minimum, feature.maximum);
    fill_values.push_back(feature.is_categorical()
                              ? kNaN
                              : weighted_mean(rows.columns()[f].numbers, weights, middle));
  }
  return Encoder(std::move(fill_values));
}

std::optional<CellProblem> encode_text(const Feature& feature, std::string_view text,
                                       EncodedRows& rows, std::size_t row, std::size_t f) {
  if (data::is_missing_marker(text)) return std::nullopt;
  if (feature.is_categorical()) {
    rows.set_code(row, f, feature.index.code(text));
    return std::nullopt;
  }
  if (const auto number = parse_double(text)) {
    if (!is_usable(*number)) return CellProblem{"a number up to 1e150"};
    rows.set_number(row, f, *number);
    return std::nullopt;
  }
  if (const auto truth = parse_boolean(text)) {
    rows.set_number(row, f, *truth ? 1 : 0);
    return std::nullopt;
  }
  return CellProblem{feature.kind == FeatureKind::boolean ? "true or false"
                                                          : expected_number(text)};
}

EncodedRows encode_table(const Schema& schema, const data::Table& table,
                         std::span<const std::uint32_t> wanted) {
  std::vector<EncodedRows::ColumnValues> columns;
  for (const Feature& feature : schema.features) {
    columns.push_back(encode_column(feature, *table.find(feature.name), wanted));
  }
  return EncodedRows::from_columns(std::move(columns), wanted.size());
}

}  // namespace mlserve::features
