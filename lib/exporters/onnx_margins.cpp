#include "exporters/onnx_margins.hpp"

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <utility>
#include <variant>
#include <vector>

#include "core/error.hpp"
#include "core/text.hpp"
#include "exporters/refusal.hpp"
#include "exporters/spellings.hpp"

namespace mlserve::exporters {
namespace {

using model::Scorer;

/// Adds what each term gives, [rows, margins]. The nodes of a feature are made when a term first
/// asks for them and shared by the others.
class TermNodes {
 public:
  TermNodes(const model::Model& model, std::size_t margins, OnnxGraph& graph)
      : model_(model),
        graph_(graph),
        width_(static_cast<std::int64_t>(margins)),
        filled_(model.schema.features.size()),
        codes_(model.schema.features.size()) {}

  std::string sum(const Scorer& scorer) {
    std::string margins = graph_.constant("intercept", {1, width_}, scorer.intercepts());
    std::vector<const Scorer::NumberTerm*> numbers;
    for (const Scorer::Term& term : scorer.terms()) {
      if (const auto* number = std::get_if<Scorer::NumberTerm>(&term.body))
        numbers.push_back(number);
    }
    if (!numbers.empty()) margins = add(margins, sum_of(numbers));
    for (const Scorer::Term& term : scorer.terms()) {
      if (!std::holds_alternative<Scorer::NumberTerm>(term.body))
        margins = add(margins, std::visit(*this, term.body));
    }
    return margins;
  }

  std::string operator()(const Scorer::CodeTerm& term) {
    return weights_of(codes(term.feature), term.weights);
  }

  std::string operator()(const Scorer::NumberProduct& term) {
    const std::string product = multiply(filled(term.a, term.fill_a), filled(term.b, term.fill_b));
    return multiply(product, graph_.constant("weights", {1, width_}, term.weights));
  }

  std::string operator()(const Scorer::ScaledCodeTerm& term) {
    return multiply(filled(term.number, term.fill), weights_of(codes(term.codes), term.weights));
  }

  std::string operator()(const Scorer::CodeProduct& term) {
    const std::vector<std::int64_t> count = {static_cast<std::int64_t>(term.codes_b)};
    const std::string first = multiply(codes(term.a), graph_.constant("codes", {1}, count));
    return weights_of(add(first, codes(term.b)), term.weights);
  }

  // `sum` takes numbers together; texts and dates were refused.
  std::string operator()(const Scorer::NumberTerm&) const { return refused(); }
  std::string operator()(const Scorer::WordTerm&) const { return refused(); }
  std::string operator()(const Scorer::DateTerm&) const { return refused(); }

 private:
  [[noreturn]] static std::string refused() {
    throw Error(ErrorKind::internal, "an ONNX graph was asked for a term that it has no nodes for");
  }

  const std::string& name(std::size_t f) const { return model_.schema.features[f].name; }

  std::string add(const std::string& a, const std::string& b) {
    return graph_.add({.op = "Add", .inputs = {a, b}});
  }
  std::string multiply(const std::string& a, const std::string& b) {
    return graph_.add({.op = "Mul", .inputs = {a, b}});
  }
  std::string is_missing(const std::string& numbers) {
    return graph_.add({.op = "IsNaN", .inputs = {numbers}});
  }
  std::string where(const std::string& condition, const std::string& a, const std::string& b) {
    return graph_.add({.op = "Where", .inputs = {condition, a, b}});
  }
  std::string number(std::string_view role, double value) {
    return graph_.constant(role, {1, 1}, std::vector<double>{value});
  }

  /// What all numbers give: two products of matrices, one with the values, 0 where they are
  /// missing, and one with a 1 where they are.
  std::string sum_of(const std::vector<const Scorer::NumberTerm*>& terms) {
    std::vector<std::string> inputs;
    Scorer::Weights weights;
    Scorer::Weights when_missing;
    for (const Scorer::NumberTerm* term : terms) {
      inputs.push_back(name(term->feature));
      weights.insert(weights.end(), term->weights.begin(), term->weights.end());
      for (const double value : term->when_missing) {
        if (!std::isfinite(value)) {
          refuse(kOnnxGraph, "the missing values of '" + shown(inputs.back()) + "'",
                 "what they add is beyond the range of a double");
        }
        when_missing.push_back(value);
      }
    }
    const std::string values =
        inputs.size() == 1
            ? inputs.front()
            : graph_.add(
                  {.op = "Concat", .inputs = inputs, .attributes = {{"axis", std::int64_t{1}}}});
    const std::string missing = is_missing(values);
    const std::string ones =
        graph_.add({.op = "Cast",
                    .inputs = {missing},
                    .attributes = {{"to", static_cast<std::int64_t>(OnnxType::float64)}}});
    return add(times(where(missing, number("zero", 0), values), "weights", weights),
               times(ones, "when_missing", when_missing));
  }

  /// The product of a matrix and one row of `weights` for each of its columns.
  std::string times(const std::string& matrix, std::string_view role,
                    const Scorer::Weights& weights) {
    const auto columns = static_cast<std::int64_t>(weights.size()) / width_;
    const std::string factor = graph_.constant(role, {columns, width_}, weights);
    return graph_.add({.op = "MatMul", .inputs = {matrix, factor}});
  }

  /// The number, or its fill value where it is missing: [rows, 1].
  const std::string& filled(std::size_t f, double fill) {
    if (filled_[f].empty()) filled_[f] = where(is_missing(name(f)), number("fill", fill), name(f));
    return filled_[f];
  }

  /// The codes of a category: [rows].
  const std::string& codes(std::size_t f) {
    if (!codes_[f].empty()) return codes_[f];
    // The empty text stands for a missing value everywhere, so that there always is a key.
    std::vector<std::string> texts;
    std::vector<std::int64_t> codes;
    if (!tells_missing(model_, f)) {
      texts.emplace_back();
      codes.push_back(features::kMissing);
    }
    for (Spelling& spelling : spellings(model_, f)) {
      texts.push_back(std::move(spelling.text));
      codes.push_back(spelling.code);
    }
    const std::string encoded =
        graph_.add({.op = "LabelEncoder",
                    .inputs = {name(f)},
                    .attributes = {{"keys_strings", std::move(texts)},
                                   {"values_int64s", std::move(codes)},
                                   {"default_int64", std::int64_t{features::kUnknown}}},
                    .domain = "ai.onnx.ml"});
    const std::string axis = graph_.constant("axis", {1}, std::vector<std::int64_t>{1});
    return codes_[f] = graph_.add({.op = "Squeeze", .inputs = {encoded, axis}});
  }

  /// The rows of a table of weights that `index`, [rows], names: [rows, margins].
  std::string weights_of(const std::string& index, const Scorer::Weights& weights) {
    const auto count = static_cast<std::int64_t>(weights.size()) / width_;
    const std::string table = graph_.constant("weights", {count, width_}, weights);
    return graph_.add(
        {.op = "Gather", .inputs = {table, index}, .attributes = {{"axis", std::int64_t{0}}}});
  }

  const model::Model& model_;
  OnnxGraph& graph_;
  std::int64_t width_;  ///< margins
  // By feature, names of tensors; empty where there is none yet.
  std::vector<std::string> filled_, codes_;
};

}  // namespace

std::string add_margins(const model::Model& model, const Scorer& scorer, OnnxGraph& graph) {
  for (const features::Feature& feature : model.schema.features) {
    graph.add_input(feature.name, feature.is_categorical() ? OnnxType::string : OnnxType::float64,
                    {kOnnxRows, 1}, features::kind_name(feature.kind));
  }
  return TermNodes(model, scorer.intercepts().size(), graph).sum(scorer);
}

}  // namespace mlserve::exporters
