#include "exporters/sql_terms.hpp"

#include <algorithm>
#include <cmath>
#include <utility>
#include <variant>

#include "core/error.hpp"
#include "core/text.hpp"
#include "exporters/refusal.hpp"
#include "exporters/spellings.hpp"
#include "exporters/sql_values.hpp"

namespace mlserve::exporters {

using model::Scorer;

struct SqlTerms::MakeWeights {
  const SqlTerms& terms;
  std::string name;

  std::optional<SqlWeights> operator()(const Scorer::CodeTerm& term) const {
    return make(key(term.feature), term.weights);
  }
  std::optional<SqlWeights> operator()(const Scorer::ScaledCodeTerm& term) const {
    return make(key(term.codes), term.weights);
  }
  std::optional<SqlWeights> operator()(const Scorer::CodeProduct& term) const {
    return SqlWeights(terms.dialect_, name, key(term.a), key(term.b), term.codes_b, term.weights,
                      width());
  }
  template <class Other>
  std::optional<SqlWeights> operator()(const Other&) const {
    return std::nullopt;
  }

 private:
  std::size_t width() const { return terms.scorer_.intercepts().size(); }
  SqlWeights::Key key(std::size_t f) const { return {f, terms.texts_[f]}; }
  SqlWeights make(SqlWeights::Key key, const Scorer::Weights& weights) const {
    return {terms.dialect_, name, key, weights, width()};
  }
};

/// Writes the addend of term `t` to margin `k`.
struct SqlTerms::Writer {
  const SqlTerms& terms;
  std::size_t t;
  std::size_t k;

  std::string operator()(const Scorer::NumberTerm& term) const {
    const std::string x = sql_feature(term.feature);
    std::string product = number(term.weights[k]) + " * " + x;
    if (terms.model_.schema.refuses_missing) return product;
    return "CASE WHEN " + x + " IS NULL THEN " + number(term.when_missing[k]) + " ELSE " + product +
           " END";
  }

  std::string operator()(const Scorer::CodeTerm& term) const {
    const double when_missing =
        term.weights[features::kMissing * terms.scorer_.intercepts().size() + k];
    const bool refuses = terms.model_.schema.refuses_missing;
    if (when_missing == 0 && !refuses) return weight();
    return "CASE WHEN " + sql_feature(term.feature) + " IS NULL THEN " +
           (refuses ? "NULL" : number(when_missing)) + " ELSE " + weight() + " END";
  }

  std::string operator()(const Scorer::NumberProduct& term) const {
    const std::string product =
        "(" + filled(term.a, term.fill_a) + " * " + filled(term.b, term.fill_b) + ")";
    return number(term.weights[k]) + " * " + sql_factor(terms.dialect_, product);
  }

  std::string operator()(const Scorer::ScaledCodeTerm& term) const {
    return weight() + " * " + filled(term.number, term.fill);
  }

  std::string operator()(const Scorer::CodeProduct&) const { return weight(); }

  /// Of texts and dates, which are refused before.
  template <class Other>
  std::string operator()(const Other&) const {
    throw Error(ErrorKind::internal, "a term that no SQL stands for");
  }

 private:
  std::string number(double value) const { return sql_number(terms.dialect_, value); }
  std::string weight() const { return terms.weights_[t]->weight(k); }
  std::string filled(std::size_t f, double fill) const {
    return "coalesce(" + sql_feature(f) + ", " + number(fill) + ")";
  }
};

SqlTerms::SqlTerms(const SqlDialect& dialect, const model::Model& model, const Scorer& scorer,
                   const std::string& prefix)
    : dialect_(dialect), model_(model), scorer_(scorer), texts_(model.schema.features.size()) {
  require_finite();
  for (std::size_t f = 0; f < texts_.size(); ++f) {
    if (!model.schema.features[f].is_categorical()) continue;
    for (Spelling& spelling : spellings(model, f)) {
      if (spelling.code >= features::kFirstCategory)
        texts_[f].push_back({std::move(spelling.text), spelling.code});
    }
  }
  for (const Scorer::Term& term : scorer.terms()) {
    const std::string name = prefix + std::to_string(weights_.size() + 1);
    weights_.push_back(std::visit(MakeWeights{*this, name}, term.body));
  }
}

void SqlTerms::require_finite() const {
  for (const Scorer::Term& term : scorer_.terms()) {
    const auto* const number = std::get_if<Scorer::NumberTerm>(&term.body);
    if (number == nullptr) continue;
    const Scorer::Weights& added = number->when_missing;
    if (std::all_of(added.begin(), added.end(), [](double value) { return std::isfinite(value); }))
      continue;
    refuse(kSqlStatement,
           "what a missing '" + shown(model_.schema.features[number->feature].name) + "' adds",
           "it exceeds the range of a double");
  }
}

std::vector<const SqlWeights*> SqlTerms::tables() const {
  std::vector<const SqlWeights*> tables;
  for (const std::optional<SqlWeights>& weights : weights_) {
    if (weights && weights->is_table()) tables.push_back(&*weights);
  }
  return tables;
}

std::string SqlTerms::addend(std::size_t t, std::size_t k) const {
  return std::visit(Writer{*this, t, k}, scorer_.terms()[t].body);
}

std::vector<std::string> SqlTerms::reads(std::size_t t) const {
  const features::Schema& schema = model_.schema;
  std::vector<std::string> reads;
  if (t < schema.features.size()) {
    reads.push_back(sql_feature(t));
  } else {
    const features::Interaction& both = schema.interactions[t - schema.features.size()];
    reads = {sql_feature(both.a), sql_feature(both.b)};
  }
  if (!weights_[t] || !weights_[t]->is_table()) return reads;
  for (SqlColumn& column : weights_[t]->columns()) reads.push_back(std::move(column.name));
  return reads;
}

}  // namespace mlserve::exporters
