#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "exporters/sql_dialect.hpp"
#include "exporters/sql_stages.hpp"
#include "model/scorer.hpp"

namespace mlserve::exporters {

/// The weights of a term by the category of a feature, or by those of two.
///
/// A few stand in CASE expressions; more would take a database long to look through and longer to
/// compile, so that they are a table, which is joined to the rows.
class SqlWeights {
 public:
  /// A text by which a category is known, and its code.
  struct KnownText {
    std::string text;
    std::size_t code;
  };
  struct Key {
    std::size_t feature;
    const std::vector<KnownText>& texts;
  };

  /// By the category of one feature: its code is the place in `weights`, of which there are `width`
  /// for each code. `name` is that of the table, and differs from all others. All but it outlives
  /// this.
  SqlWeights(const SqlDialect& dialect, std::string name, Key key,
             const model::Scorer::Weights& weights, std::size_t width);

  /// By the categories of two features: the place is the code of the first times `codes_b` and that
  /// of the second.
  SqlWeights(const SqlDialect& dialect, std::string name, Key a, Key b, std::size_t codes_b,
             const model::Scorer::Weights& weights, std::size_t width);

  bool is_table() const noexcept;

  /// The table as a part of a WITH.
  std::string table() const;

  /// The features by whose texts its rows are found.
  std::vector<std::size_t> features() const;

  /// " LEFT JOIN …" where these features have the `values`.
  std::string join(const std::vector<std::string>& values) const;

  /// The columns that are there where it is joined; NULL where a row has no weight.
  std::vector<SqlColumn> columns() const;

  /// What a column or the texts of a row give for margin `k`; 0 for an unknown category.
  std::string weight(std::size_t k) const;

 private:
  /// Which texts have which weights.
  struct Row {
    std::size_t a;  ///< places in the texts of the keys
    std::size_t b;  ///< 0 with one key
    std::size_t place;
  };

  void add_row(const Row& row);
  double value(const Row& row, std::size_t k) const;
  std::string text(std::size_t key, const Row& row) const;
  std::string column(std::size_t k) const;
  std::string case_expression(std::size_t k) const;

  const SqlDialect& dialect_;
  std::string name_;
  std::vector<Key> keys_;
  const model::Scorer::Weights& weights_;
  std::size_t width_;
  std::vector<Row> rows_;  ///< those that weigh anything
};

}  // namespace mlserve::exporters
