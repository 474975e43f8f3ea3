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

/// Writes the addend to margin `k`.
struct SqlTerms::Writer {
  const SqlTerms& terms;
  std::size_t k;

  std::string operator()(const Scorer::NumberTerm& term) const {
    const std::string x = sql_feature(term.feature);
    const std::string product = number(term.weights[k]) + " * " + x;
    if (terms.model_.schema.refuses_missing) return product;
    return "CASE WHEN " + x + " IS NULL THEN " + number(term.when_missing[k]) + " ELSE " + product +
           " END";
  }

  std::string operator()(const Scorer::CodeTerm& term) const {
    const std::string weight =
        lookup(term.feature, [&](std::size_t code) { return number_at(term.weights, code); });
    const std::string is_missing = sql_feature(term.feature) + " IS NULL";
    if (terms.model_.schema.refuses_missing)
      return "CASE WHEN " + is_missing + " THEN NULL ELSE " + weight + " END";
    const std::string when_missing = number_at(term.weights, features::kMissing);
    if (when_missing.empty()) return weight;
    return "CASE WHEN " + is_missing + " THEN " + when_missing + " ELSE " + weight + " END";
  }

  std::string operator()(const Scorer::NumberProduct& term) const {
    return number(term.weights[k]) + " * (" + filled(term.a, term.fill_a) + " * " +
           filled(term.b, term.fill_b) + ")";
  }

  std::string operator()(const Scorer::ScaledCodeTerm& term) const {
    return lookup(term.codes, [&](std::size_t code) { return number_at(term.weights, code); }) +
           " * " + filled(term.number, term.fill);
  }

  std::string operator()(const Scorer::CodeProduct& term) const {
    return lookup(term.a, [&](std::size_t a) {
      std::string weight = lookup(
          term.b, [&](std::size_t b) { return number_at(term.weights, a * term.codes_b + b); });
      return weight == zero() ? std::string() : weight;
    });
  }

  /// Of texts and dates, which are refused before.
  template <class Other>
  std::string operator()(const Other&) const {
    throw Error(ErrorKind::internal, "a term that no SQL stands for");
  }

 private:
  std::string number(double value) const { return sql_number(terms.dialect_, value); }
  std::string zero() const { return number(0); }

  /// A weight that is not 0, else nothing.
  std::string number_at(const Scorer::Weights& weights, std::size_t index) const {
    const double weight = weights[index * terms.scorer_.intercepts().size() + k];
    return weight == 0 ? std::string() : number(weight);
  }

  std::string filled(std::size_t f, double fill) const {
    return "coalesce(" + sql_feature(f) + ", " + number(fill) + ")";
  }

  /// What `weight_of` gives for the code of the category of feature `f`; 0 where it gives nothing.
  template <class WeightOf>
  std::string lookup(std::size_t f, WeightOf weight_of) const {
    std::vector<SqlCase> cases;
    for (const auto& [text, code] : terms.texts_[f]) {
      if (std::string weight = weight_of(code); !weight.empty())
        cases.push_back({text, std::move(weight)});
    }
    return sql_lookup(terms.dialect_, sql_feature(f), std::move(cases), zero());
  }
};

SqlTerms::SqlTerms(const SqlDialect& dialect, const model::Model& model, const Scorer& scorer)
    : dialect_(dialect), model_(model), scorer_(scorer), texts_(model.schema.features.size()) {
  for (std::size_t f = 0; f < texts_.size(); ++f) {
    if (!model.schema.features[f].is_categorical()) continue;
    for (Spelling& spelling : spellings(model, f)) {
      if (spelling.code >= features::kFirstCategory)
        texts_[f].push_back({std::move(spelling.text), spelling.code});
    }
  }
  for (const Scorer::Term& term : scorer.terms()) {
    const auto* const number = std::get_if<Scorer::NumberTerm>(&term.body);
    if (number == nullptr) continue;
    const auto& added = number->when_missing;
    if (std::all_of(added.begin(), added.end(), [](double value) { return std::isfinite(value); }))
      continue;
    refuse(kSqlStatement,
           "what a missing '" + shown(model.schema.features[number->feature].name) + "' adds",
           "it exceeds the range of a double");
  }
}

std::string SqlTerms::addend(std::size_t t, std::size_t k) const {
  return std::visit(Writer{*this, k}, scorer_.terms()[t].body);
}

std::vector<std::size_t> SqlTerms::features(std::size_t t) const {
  const auto& schema = model_.schema;
  if (t < schema.features.size()) return {t};
  const features::Interaction& both = schema.interactions[t - schema.features.size()];
  return {both.a, both.b};
}

}  // namespace mlserve::exporters
