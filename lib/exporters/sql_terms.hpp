#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "exporters/sql_dialect.hpp"
#include "exporters/sql_lookup.hpp"
#include "model/model.hpp"
#include "model/scorer.hpp"

namespace mlserve::exporters {

/// What the terms of a scorer add to the margins of a row, as expressions of its checked values
/// (sql_checked_value). NULL where the model refuses that a value is missing.
class SqlTerms {
 public:
  /// All of them outlive it. Throws Error(invalid_argument) when what a missing number adds is
  /// infinite.
  SqlTerms(const SqlDialect& dialect, const model::Model& model, const model::Scorer& scorer);

  /// What term `t` adds to margin `k`.
  std::string addend(std::size_t t, std::size_t k) const;

  /// The features that it depends on.
  std::vector<std::size_t> features(std::size_t t) const;

 private:
  struct Writer;

  /// A text by which a category is known, and its code.
  struct KnownText {
    std::string text;
    std::size_t code;
  };

  const SqlDialect& dialect_;
  const model::Model& model_;
  const model::Scorer& scorer_;
  std::vector<std::vector<KnownText>> texts_;  ///< by feature
};

}  // namespace mlserve::exporters
