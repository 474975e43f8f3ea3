#include "exporters/scoring_code.hpp"

#include <string_view>
#include <utility>
#include <variant>

#include "exporters/c_literals.hpp"
#include "exporters/word_tables.hpp"

namespace mlserve::exporters {
namespace {

using features::Feature;
using model::Scorer;

std::string value(std::size_t f) { return "x" + std::to_string(f); }

class Statements {
 public:
  Statements(const model::Model& model, const Scorer& scorer, std::string (*literal)(double))
      : model_(model),
        features_(model.schema.features),
        width_(scorer.intercepts().size()),
        literal_(literal) {}

  ScoringCode write(const Scorer& scorer) {
    code_.statements.push_back("margin = " + weight("intercepts", scorer.intercepts()) + ";");
    for (term_ = 0; term_ < scorer.terms().size(); ++term_) {
      effect_ = scorer.effects()[term_];
      std::visit([this](const auto& term) { add(term); }, scorer.terms()[term_].body);
    }
    return std::move(code_);
  }

 private:
  void add(const Scorer::NumberTerm& term) {
    const std::string x = value(term.feature);
    const std::string when_missing = weight(name("missing"), term.when_missing);
    add("isnan(" + x + ") ? " + when_missing + " : " + weight(name("weights"), term.weights) +
        " * " + x);
  }

  void add(const Scorer::CodeTerm& term) {
    add(weight(name("weights"), term.weights, value(term.feature), code_notes(term.feature)));
  }

  void add(const Scorer::WordTerm& term) {
    const std::vector<std::size_t> words = useful_words(model_, term.feature);
    if (!words.empty()) add_words(term, words);
    add_when_missing(term.feature, term.when_missing);
  }

  void add_words(const Scorer::WordTerm& term, const std::vector<std::size_t>& words) {
    Scorer::Weights weights;
    std::vector<double> idf;
    std::vector<std::string> notes;
    for (const std::size_t w : words) {
      idf.push_back(term.idf[w]);
      notes.push_back(features_[term.feature].categories[w]);
      for (std::size_t k = 0; k < width_; ++k) weights.push_back(term.weights[w * width_ + k]);
    }
    const std::string x = value(term.feature) + "[w]";
    const std::string f = std::to_string(term.feature);
    code_.tables.push_back({"idf_" + f, 1, std::move(idf), notes});
    // Words that the text does not have add nothing.
    code_.statements.push_back("for (w = 0; w < " + std::to_string(words.size()) + "; ++w) {");
    code_.statements.push_back("  if (" + x +
                               " > 0) margin += " + weight(name("weights"), weights, "w", notes) +
                               " * (" + x + " * idf_" + f + "[w] / norm_" + f + ");" + comment());
    code_.statements.emplace_back("}");
  }

  void add(const Scorer::DateTerm& term) {
    for (std::size_t p = 0; p < term.parts.size(); ++p) {
      const auto from = term.weights.begin() + static_cast<std::ptrdiff_t>(p * width_);
      const Scorer::Weights weights(from, from + static_cast<std::ptrdiff_t>(width_));
      const std::string part(features::name_of(term.parts[p]));
      add(weight(name(part), weights) + " * date_" + std::to_string(term.feature) + "." + part);
    }
    add_when_missing(term.feature, term.when_missing);
  }

  void add_when_missing(std::size_t f, const Scorer::Weights& weights) {
    if (!reads_missing(model_, f)) return;
    code_.statements.push_back("if (is_missing_" + std::to_string(f) +
                               ") margin += " + weight(name("missing"), weights) + ";" + comment());
  }

  void add(const Scorer::NumberProduct& term) {
    add(weight(name("weights"), term.weights) + " * (" + filled(term.a, term.fill_a) + " * " +
        filled(term.b, term.fill_b) + ")");
  }

  void add(const Scorer::ScaledCodeTerm& term) {
    add(weight(name("weights"), term.weights, value(term.codes), code_notes(term.codes)) + " * " +
        filled(term.number, term.fill));
  }

  void add(const Scorer::CodeProduct& term) {
    const std::string index =
        value(term.a) + " * " + std::to_string(term.codes_b) + " + " + value(term.b);
    add(weight(name("weights"), term.weights, index));
  }

  std::string filled(std::size_t f, double fill) const {
    const std::string x = value(f);
    return "(isnan(" + x + ") ? " + literal_(fill) + " : " + x + ")";
  }

  /// One weight, or of several margins that of the one at hand.
  std::string weight(const std::string& table, const Scorer::Weights& weights) {
    if (width_ == 1) return literal_(weights[0]);
    code_.tables.push_back({table, width_, weights, {}});
    return table + "[k]";
  }

  /// The same where there are some, each at its index.
  std::string weight(const std::string& table, const Scorer::Weights& weights,
                     const std::string& index, std::vector<std::string> notes = {}) {
    code_.tables.push_back({table, width_, weights, std::move(notes)});
    if (width_ == 1) return table + "[" + index + "]";
    const bool is_sum = index.find('+') != std::string::npos;
    return table + "[" + (is_sum ? "(" + index + ")" : index) + " * " + std::to_string(width_) +
           " + k]";
  }

  std::vector<std::string> code_notes(std::size_t f) const {
    std::vector<std::string> notes = {"missing", "unknown"};
    const std::vector<std::string>& categories = features_[f].categories;
    notes.insert(notes.end(), categories.begin(), categories.end());
    return notes;
  }

  void add(const std::string& sum) {
    code_.statements.push_back("margin += " + sum + ";" + comment());
  }

  std::string name(std::string_view what) const {
    return std::string(what) + "_" + std::to_string(term_);
  }

  std::string comment() const { return " /* " + c_comment(effect_) + " */"; }

  const model::Model& model_;
  const std::vector<Feature>& features_;
  std::size_t width_;
  std::string (*literal_)(double);
  ScoringCode code_;
  std::size_t term_ = 0;  ///< the one at hand
  std::string effect_;    ///< its name
};

}  // namespace

ScoringCode scoring_code(const model::Model& model, const model::Scorer& scorer,
                         std::string (*literal)(double)) {
  return Statements(model, scorer, literal).write(scorer);
}

bool reads_missing(const model::Model& model, std::size_t f) {
  const Feature& feature = model.schema.features[f];
  const bool is_told_apart = feature.is_text() || feature.is_date();
  return is_told_apart && model.encoder[f].indicator;
}

}  // namespace mlserve::exporters
