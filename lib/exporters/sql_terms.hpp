#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "exporters/sql_dialect.hpp"
#include "exporters/sql_weights.hpp"
#include "model/model.hpp"
#include "model/scorer.hpp"

namespace mlserve::exporters {

/// What the terms of a scorer add to the margins of a row, as expressions of its checked values
/// (sql_checked_value). NULL where the model refuses that a value is missing.
class SqlTerms {
 public:
  /// `prefix` begins the names of the tables. All else outlives this. Throws
  /// Error(invalid_argument) when what a missing number adds is infinite.
  SqlTerms(const SqlDialect& dialect, const model::Model& model, const model::Scorer& scorer,
           const std::string& prefix);
  SqlTerms(const SqlTerms&) = delete;
  SqlTerms& operator=(const SqlTerms&) = delete;

  /// The weights that are tables, to be joined.
  std::vector<const SqlWeights*> tables() const;

  /// What term `t` adds to margin `k`, and the columns that it reads.
  std::string addend(std::size_t t, std::size_t k) const;
  std::vector<std::string> reads(std::size_t t) const;

 private:
  struct MakeWeights;
  struct Writer;

  void require_finite() const;

  const SqlDialect& dialect_;
  const model::Model& model_;
  const model::Scorer& scorer_;
  std::vector<std::vector<SqlWeights::KnownText>> texts_;  ///< by feature
  std::vector<std::optional<SqlWeights>> weights_;         ///< by term, of those with categories
};

}  // namespace mlserve::exporters
