#include "exporters/pmml_tables.hpp"

#include <cmath>
#include <cstddef>
#include <utility>
#include <variant>

#include "core/text.hpp"
#include "exporters/refusal.hpp"
#include "exporters/spellings.hpp"
#include "model/scorer.hpp"

namespace mlserve::exporters {
namespace {

using model::Scorer;

/// Puts the terms of a Scorer into the tables of its margins.
class TableMaker {
 public:
  TableMaker(const model::Model& model, PmmlDerivedFields& derived)
      : model_(model),
        derived_(derived),
        sign_(equation_of_first_class(model) ? -1 : 1),
        tables_(model.intercepts.size()) {
    for (std::size_t f = 0; f < model.schema.features.size(); ++f) {
      const bool is_categorical = model.schema.features[f].is_categorical();
      spellings_.push_back(is_categorical ? spellings(model, f) : std::vector<Spelling>());
    }
  }

  std::vector<PmmlTable> run() {
    const Scorer scorer(model_);
    for (std::size_t k = 0; k < tables_.size(); ++k)
      tables_[k].intercept = sign_ * scorer.intercepts()[k];
    for (const Scorer::Term& term : scorer.terms()) std::visit(*this, term.body);
    return std::move(tables_);
  }

  // What is added for a missing number is a coefficient of its own, so that it is the Scorer's to
  // the bit.
  void operator()(const Scorer::NumberTerm& term) {
    const std::size_t f = term.feature;
    if (!has_missing_column(model_, f)) return add_numeric(f, name(f), term.weights);
    add_numeric(f, derived_.or_zero(f), term.weights);
    add_numeric(f, derived_.missing(f), term.when_missing);
  }

  void operator()(const Scorer::CodeTerm& term) {
    const std::size_t f = term.feature;
    for (const auto& [text, code] : spellings_[f]) {
      if (code == features::kMissing) continue;
      for (std::size_t k = 0; k < tables_.size(); ++k) {
        const double weight = term.weights[code * tables_.size() + k];
        if (weight != 0) tables_[k].categorical.push_back({name(f), text, sign_ * weight});
      }
    }
    if (has_missing_column(model_, f)) add_numeric(f, derived_.missing(f), term.weights);
  }

  void operator()(const Scorer::NumberProduct& term) {
    add_product(number(term.a), number(term.b), term.weights, 0);
  }

  void operator()(const Scorer::ScaledCodeTerm& term) {
    for (const auto& [text, code] : spellings_[term.codes]) {
      if (has_weight(term.weights, code))
        add_product(number(term.number), derived_.category(term.codes, text), term.weights, code);
    }
  }

  void operator()(const Scorer::CodeProduct& term) {
    for (const auto& [text_a, a] : spellings_[term.a]) {
      for (const auto& [text_b, b] : spellings_[term.b]) {
        const std::size_t index = a * term.codes_b + b;
        if (!has_weight(term.weights, index)) continue;
        add_product(derived_.category(term.a, text_a), derived_.category(term.b, text_b),
                    term.weights, index);
      }
    }
  }

  // Refused before.
  void operator()(const Scorer::WordTerm&) {}
  void operator()(const Scorer::DateTerm&) {}

 private:
  const std::string& name(std::size_t f) const { return model_.schema.features[f].name; }

  /// The field of a number that is never missing.
  std::string number(std::size_t f) {
    return has_missing_column(model_, f) ? derived_.filled(f) : name(f);
  }

  /// Whether some margin has a weight for code, or pair of codes, `index`.
  bool has_weight(const Scorer::Weights& weights, std::size_t index) const {
    for (std::size_t k = 0; k < tables_.size(); ++k)
      if (weights[index * tables_.size() + k] != 0) return true;
    return false;
  }

  void add_numeric(std::size_t f, const std::string& field, const Scorer::Weights& weights) {
    static_assert(features::kMissing == 0, "the first weights of a category are of a missing one");
    for (std::size_t k = 0; k < tables_.size(); ++k) {
      if (!std::isfinite(weights[k])) {
        refuse(kPmmlDocument, "the missing values of '" + shown(name(f)) + "'",
               "what they add is beyond the range of a double");
      }
      tables_[k].numeric.push_back({field, sign_ * weights[k]});
    }
  }

  void add_product(const std::string& a, const std::string& b, const Scorer::Weights& weights,
                   std::size_t index) {
    for (std::size_t k = 0; k < tables_.size(); ++k)
      tables_[k].products.push_back({a, b, sign_ * weights[index * tables_.size() + k]});
  }

  const model::Model& model_;
  PmmlDerivedFields& derived_;
  double sign_;
  std::vector<PmmlTable> tables_;
  std::vector<std::vector<Spelling>> spellings_;  ///< by feature; none of a number
};

}  // namespace

bool equation_of_first_class(const model::Model& model) {
  return model.schema.target.classes.size() == 2 && model.threshold == 0.5;
}

std::vector<PmmlTable> make_tables(const model::Model& model, PmmlDerivedFields& derived) {
  return TableMaker(model, derived).run();
}

void write_table(XmlWriter& xml, const PmmlTable& table, const std::string& target_category) {
  xml.open("RegressionTable").attribute("intercept", table.intercept);
  if (!target_category.empty()) xml.attribute("targetCategory", target_category);
  for (const auto& [field, coefficient] : table.numeric) {
    xml.open("NumericPredictor")
        .attribute("name", field)
        .attribute("coefficient", coefficient)
        .close();
  }
  for (const auto& [field, value, coefficient] : table.categorical) {
    xml.open("CategoricalPredictor")
        .attribute("name", field)
        .attribute("value", value)
        .attribute("coefficient", coefficient)
        .close();
  }
  for (const auto& [a, b, coefficient] : table.products) {
    xml.open("PredictorTerm").attribute("coefficient", coefficient);
    for (const std::string& field : {a, b}) xml.open("FieldRef").attribute("field", field).close();
    xml.close();
  }
  xml.close();
}

}  // namespace mlserve::exporters
