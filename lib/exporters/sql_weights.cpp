#include "exporters/sql_weights.hpp"

#include <utility>

#include "exporters/sql_values.hpp"

namespace mlserve::exporters {
namespace {

constexpr std::size_t kMostCases = 30;

/// Of the keys in the table.
std::string key_column(std::size_t key) { return key == 0 ? "a" : "b"; }

}  // namespace

SqlWeights::SqlWeights(const SqlDialect& dialect, std::string name, Key key,
                       const model::Scorer::Weights& weights, std::size_t width)
    : dialect_(dialect), name_(std::move(name)), keys_{key}, weights_(weights), width_(width) {
  for (std::size_t i = 0; i < key.texts.size(); ++i) add_row({i, 0, key.texts[i].code});
}

SqlWeights::SqlWeights(const SqlDialect& dialect, std::string name, Key a, Key b,
                       std::size_t codes_b, const model::Scorer::Weights& weights,
                       std::size_t width)
    : dialect_(dialect), name_(std::move(name)), keys_{a, b}, weights_(weights), width_(width) {
  for (std::size_t i = 0; i < a.texts.size(); ++i) {
    for (std::size_t j = 0; j < b.texts.size(); ++j)
      add_row({i, j, a.texts[i].code * codes_b + b.texts[j].code});
  }
}

void SqlWeights::add_row(const Row& row) {
  for (std::size_t k = 0; k < width_; ++k) {
    if (value(row, k) != 0) return rows_.push_back(row);
  }
}

bool SqlWeights::is_table() const noexcept { return rows_.size() > kMostCases; }

double SqlWeights::value(const Row& row, std::size_t k) const {
  return weights_[row.place * width_ + k];
}

std::string SqlWeights::text(std::size_t key, const Row& row) const {
  return sql_text(dialect_, keys_[key].texts[key == 0 ? row.a : row.b].text);
}

std::string SqlWeights::column(std::size_t k) const { return name_ + "_" + std::to_string(k + 1); }

std::string SqlWeights::table() const {
  std::string table = name_ + " (";
  for (std::size_t i = 0; i < keys_.size(); ++i) table += key_column(i) + ", ";
  for (std::size_t k = 0; k < width_; ++k) table += (k == 0 ? "" : ", ") + column(k);
  table += ") " + std::string(dialect_.stage) + " (VALUES";
  const char* separator = "\n  (";
  for (const Row& row : rows_) {
    table += separator;
    for (std::size_t i = 0; i < keys_.size(); ++i) table += text(i, row) + ", ";
    for (std::size_t k = 0; k < width_; ++k)
      table += (k == 0 ? "" : ", ") + sql_number(dialect_, value(row, k));
    separator = "),\n  (";
  }
  return table + "))";
}

std::vector<std::size_t> SqlWeights::features() const {
  std::vector<std::size_t> features;
  for (const Key& key : keys_) features.push_back(key.feature);
  return features;
}

std::string SqlWeights::join(const std::vector<std::string>& values) const {
  std::string text = "\n  LEFT JOIN " + name_ + " ON ";
  for (std::size_t i = 0; i < values.size(); ++i)
    text += (i == 0 ? "" : " AND ") + name_ + "." + key_column(i) + " = " + values[i];
  return text;
}

std::vector<SqlColumn> SqlWeights::columns() const {
  std::vector<SqlColumn> columns;
  for (std::size_t k = 0; k < width_; ++k) columns.push_back({column(k), name_ + "." + column(k)});
  return columns;
}

std::string SqlWeights::weight(std::size_t k) const {
  if (!is_table()) return case_expression(k);
  return "coalesce(" + column(k) + ", " + sql_number(dialect_, 0) + ")";
}

std::string SqlWeights::case_expression(std::size_t k) const {
  std::string text_of_cases;
  for (const Row& row : rows_) {
    if (value(row, k) == 0) continue;
    text_of_cases += " WHEN ";
    for (std::size_t i = 0; i < keys_.size(); ++i) {
      text_of_cases +=
          (i == 0 ? "" : " AND ") + sql_feature(keys_[i].feature) + " = " + text(i, row);
    }
    text_of_cases += " THEN " + sql_number(dialect_, value(row, k));
  }
  const std::string zero = sql_number(dialect_, 0);
  return text_of_cases.empty() ? zero : "CASE" + text_of_cases + " ELSE " + zero + " END";
}

}  // namespace mlserve::exporters
