#include "model/terms.hpp"

#include <cmath>
#include <cstddef>
#include <span>
#include <utility>

#include "core/error.hpp"
#include "features/calendar.hpp"
#include "features/tfidf.hpp"

namespace mlserve::model {
namespace {

using features::ColumnPart;
using features::EncodedRows;
using features::FeatureKind;
using features::kFirstCategory;
using features::kMissing;
using Weights = Scorer::Weights;
using Kind = ColumnPart::Kind;

// Compiling.

/// Makes empty terms and puts the coefficients where they belong.
class TermCompiler {
 public:
  explicit TermCompiler(const Model& model)
      : model_(model), schema_(model.schema), width_(model.intercepts.size()) {
    for (std::size_t f = 0; f < schema_.features.size(); ++f) add(feature_term(f));
    for (const auto& [a, b] : schema_.interactions) add(product_term(a, b));
  }

  std::vector<Scorer::Term> run() {
    for (std::size_t c = 0; c < model_.columns.size(); ++c) {
      column_ = c;
      Scorer::Term& term = terms_[term_of(model_.columns[c])];
      for (std::size_t k = 0; k < width_; ++k) term.mean[k] += weight(k) * model_.means[c];
      std::visit([&](auto& body) { put(body); }, term.body);
    }
    for (Scorer::Term& term : terms_) {
      if (auto* number = std::get_if<Scorer::NumberTerm>(&term.body)) fill_missing(*number);
    }
    return std::move(terms_);
  }

 private:
  void add(Scorer::TermBody body) { terms_.push_back({std::move(body), Weights(width_, 0.0)}); }

  Weights zeros(std::size_t count = 1) const { return Weights(count * width_, 0.0); }
  std::size_t codes(std::size_t f) const {
    return kFirstCategory + schema_.features[f].categories.size();
  }
  double fill(std::size_t f) const { return model_.encoder[f].fill; }

  Scorer::TermBody feature_term(std::size_t f) const {
    const features::Feature& feature = schema_.features[f];
    switch (feature.kind) {
      case FeatureKind::categorical:
        return Scorer::CodeTerm{f, zeros(codes(f))};
      case FeatureKind::text:
        return Scorer::WordTerm{f, model_.encoder[f].idf, zeros(feature.categories.size()),
                                zeros()};
      case FeatureKind::date:
        return Scorer::DateTerm{f, fill(f), feature.date_parts, zeros(feature.date_parts.size()),
                                zeros()};
      default:
        return Scorer::NumberTerm{f, zeros(), zeros()};
    }
  }

  Scorer::TermBody product_term(std::size_t a, std::size_t b) const {
    const bool codes_a = schema_.features[a].is_categorical();
    const bool codes_b = schema_.features[b].is_categorical();
    if (codes_a && codes_b) {
      constexpr std::size_t kMostWeights = 100'000'000;
      if (codes(a) * codes(b) * width_ > kMostWeights) {
        throw Error(ErrorKind::invalid_data, "the interaction of '" + schema_.features[a].name +
                                                 "' and '" + schema_.features[b].name +
                                                 "' has too many pairs of categories");
      }
      return Scorer::CodeProduct{a, b, codes(b), zeros(codes(a) * codes(b))};
    }
    if (codes_a) return Scorer::ScaledCodeTerm{b, a, fill(b), zeros(codes(a))};
    if (codes_b) return Scorer::ScaledCodeTerm{a, b, fill(a), zeros(codes(b))};
    return Scorer::NumberProduct{a, b, fill(a), fill(b), zeros()};
  }

  std::size_t term_of(const features::DesignColumn& column) const {
    if (!column.times) return column.part.feature;
    const auto& all = schema_.interactions;
    std::size_t i = 0;
    while (all[i].a != column.part.feature || all[i].b != column.times->feature) ++i;
    return schema_.features.size() + i;
  }

  /// The coefficient of the column at hand; one that cannot be estimated counts as 0.
  double weight(std::size_t k) const {
    const double value = model_.coefficients[k][column_];
    return std::isnan(value) ? 0.0 : value;
  }
  const ColumnPart& part() const { return model_.columns[column_].part; }
  const ColumnPart& times() const { return *model_.columns[column_].times; }

  void put_at(std::size_t index, Weights& weights) const {
    for (std::size_t k = 0; k < width_; ++k) weights[index * width_ + k] = weight(k);
  }

  std::vector<std::uint32_t> codes_of(const ColumnPart& part) const {
    return features::codes_of(part, model_.encoder);
  }

  void put(Scorer::NumberTerm& term) const {
    put_at(0, part().kind == Kind::missing ? term.when_missing : term.weights);
  }
  void put(Scorer::CodeTerm& term) const {
    for (const std::uint32_t code : codes_of(part())) put_at(code, term.weights);
  }
  void put(Scorer::WordTerm& term) const {
    const bool missing = part().kind == Kind::missing;
    put_at(missing ? 0 : part().index, missing ? term.when_missing : term.weights);
  }
  void put(Scorer::DateTerm& term) const {
    if (part().kind == Kind::missing) return put_at(0, term.when_missing);
    std::size_t p = 0;
    while (static_cast<std::size_t>(term.parts[p]) != part().index) ++p;
    put_at(p, term.weights);
  }
  void put(Scorer::NumberProduct& term) const { put_at(0, term.weights); }
  void put(Scorer::ScaledCodeTerm& term) const {
    const ColumnPart& category = part().kind == Kind::number ? times() : part();
    for (const std::uint32_t code : codes_of(category)) put_at(code, term.weights);
  }
  void put(Scorer::CodeProduct& term) const {
    for (const std::uint32_t a : codes_of(part())) {
      for (const std::uint32_t b : codes_of(times())) put_at(a * term.codes_b + b, term.weights);
    }
  }

  void fill_missing(Scorer::NumberTerm& term) const {
    for (std::size_t k = 0; k < width_; ++k)
      term.when_missing[k] = term.weights[k] * fill(term.feature) + term.when_missing[k];
  }

  const Model& model_;
  const features::Schema& schema_;
  std::size_t width_;
  std::vector<Scorer::Term> terms_;
  std::size_t column_ = 0;  ///< the one at hand
};

// Adding. `add` gives row by row what stands before the margins of that row.

class TermAdder {
 public:
  TermAdder(const EncodedRows& rows, std::size_t width, std::vector<double>& margins)
      : rows_(rows), width_(width), margins_(margins) {}

  void operator()(const Scorer::NumberTerm& term) const {
    const std::vector<double>& numbers = rows_.columns()[term.feature].numbers;
    for (std::size_t i = 0; i < rows_.size(); ++i) {
      if (std::isnan(numbers[i])) {
        add(i, term.when_missing, 0);
      } else {
        add_scaled(i, numbers[i], term.weights, 0);
      }
    }
  }

  void operator()(const Scorer::CodeTerm& term) const {
    const std::vector<std::uint32_t>& codes = rows_.columns()[term.feature].codes;
    for (std::size_t i = 0; i < rows_.size(); ++i) add(i, term.weights, codes[i]);
  }

  void operator()(const Scorer::WordTerm& term) const {
    const EncodedRows::ColumnValues& column = rows_.columns()[term.feature];
    std::vector<double> values;
    for (std::size_t i = 0; i < rows_.size(); ++i) {
      const auto words = column.words_of(i);
      features::weigh(words, term.idf, values);
      for (std::size_t w = 0; w < words.size(); ++w)
        add_scaled(i, values[w], term.weights, words[w].term);
      if (column.codes[i] == kMissing) add(i, term.when_missing, 0);
    }
  }

  void operator()(const Scorer::DateTerm& term) const {
    const std::vector<double>& dates = rows_.columns()[term.feature].numbers;
    for (std::size_t i = 0; i < rows_.size(); ++i) {
      const double date = std::isnan(dates[i]) ? term.fill : dates[i];
      for (std::size_t p = 0; p < term.parts.size(); ++p)
        add_scaled(i, features::date_part(date, term.parts[p]), term.weights, p);
      if (std::isnan(dates[i])) add(i, term.when_missing, 0);
    }
  }

  void operator()(const Scorer::NumberProduct& term) const {
    for (std::size_t i = 0; i < rows_.size(); ++i) {
      add_scaled(i, number(term.a, i, term.fill_a) * number(term.b, i, term.fill_b), term.weights,
                 0);
    }
  }

  void operator()(const Scorer::ScaledCodeTerm& term) const {
    const std::vector<std::uint32_t>& codes = rows_.columns()[term.codes].codes;
    for (std::size_t i = 0; i < rows_.size(); ++i)
      add_scaled(i, number(term.number, i, term.fill), term.weights, codes[i]);
  }

  void operator()(const Scorer::CodeProduct& term) const {
    const std::vector<std::uint32_t>& a = rows_.columns()[term.a].codes;
    const std::vector<std::uint32_t>& b = rows_.columns()[term.b].codes;
    for (std::size_t i = 0; i < rows_.size(); ++i) add(i, term.weights, a[i] * term.codes_b + b[i]);
  }

 private:
  double number(std::size_t feature, std::size_t row, double fill) const {
    const double value = rows_.columns()[feature].numbers[row];
    return std::isnan(value) ? fill : value;
  }
  void add(std::size_t row, const Weights& weights, std::size_t index) const {
    for (std::size_t k = 0; k < width_; ++k)
      margins_[row * width_ + k] += weights[index * width_ + k];
  }
  void add_scaled(std::size_t row, double value, const Weights& weights, std::size_t index) const {
    for (std::size_t k = 0; k < width_; ++k)
      margins_[row * width_ + k] += weights[index * width_ + k] * value;
  }

  const EncodedRows& rows_;
  std::size_t width_;
  std::vector<double>& margins_;
};

}  // namespace

std::vector<Scorer::Term> compile_terms(const Model& model) { return TermCompiler(model).run(); }

void add_term(const Scorer::TermBody& term, const EncodedRows& rows, std::size_t width,
              std::vector<double>& margins) {
  std::visit(TermAdder(rows, width, margins), term);
}

}  // namespace mlserve::model
