#include "exporters/onnx_margins.hpp"

#include <cstddef>
#include <cstdint>
#include <utility>
#include <variant>
#include <vector>

#include "core/error.hpp"
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
        is_missing_(model.schema.features.size()),
        filled_(model.schema.features.size()),
        codes_(model.schema.features.size()) {}

  /// One row of numbers, one a margin.
  std::string row(std::string_view role, const Scorer::Weights& values) {
    return graph_.constant(role, {1, width_}, values);
  }

  std::string operator()(const Scorer::NumberTerm& term) {
    const std::string product = multiply(name(term.feature), row("weights", term.weights));
    return graph_.add(
        {.op = "Where",
         .inputs = {is_missing(term.feature), row("when_missing", term.when_missing), product}});
  }

  std::string operator()(const Scorer::CodeTerm& term) {
    return weights_of(codes(term.feature), term.weights);
  }

  std::string operator()(const Scorer::NumberProduct& term) {
    const std::string product = multiply(filled(term.a, term.fill_a), filled(term.b, term.fill_b));
    return multiply(product, row("weights", term.weights));
  }

  std::string operator()(const Scorer::ScaledCodeTerm& term) {
    return multiply(filled(term.number, term.fill), weights_of(codes(term.codes), term.weights));
  }

  std::string operator()(const Scorer::CodeProduct& term) {
    const std::vector<std::int64_t> count = {static_cast<std::int64_t>(term.codes_b)};
    const std::string first = multiply(codes(term.a), graph_.constant("codes", {1}, count));
    return weights_of(graph_.add({.op = "Add", .inputs = {first, codes(term.b)}}), term.weights);
  }

  std::string operator()(const Scorer::WordTerm&) const { return refused(); }
  std::string operator()(const Scorer::DateTerm&) const { return refused(); }

 private:
  [[noreturn]] static std::string refused() {
    throw Error(ErrorKind::internal, "an ONNX graph was asked for a text or date");
  }

  const std::string& name(std::size_t f) const { return model_.schema.features[f].name; }

  std::string multiply(const std::string& a, const std::string& b) {
    return graph_.add({.op = "Mul", .inputs = {a, b}});
  }

  /// [rows, 1] of truth values.
  const std::string& is_missing(std::size_t f) {
    if (is_missing_[f].empty()) is_missing_[f] = graph_.add({.op = "IsNaN", .inputs = {name(f)}});
    return is_missing_[f];
  }

  /// The number, or its fill value where it is missing: [rows, 1].
  const std::string& filled(std::size_t f, double fill) {
    if (filled_[f].empty()) {
      const std::string constant = graph_.constant("fill", {1, 1}, std::vector<double>{fill});
      filled_[f] = graph_.add({.op = "Where", .inputs = {is_missing(f), constant, name(f)}});
    }
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
  std::vector<std::string> is_missing_, filled_, codes_;
};

}  // namespace

std::string add_margins(const model::Model& model, const Scorer& scorer, OnnxGraph& graph) {
  for (const features::Feature& feature : model.schema.features) {
    graph.add_input(feature.name, feature.is_categorical() ? OnnxType::string : OnnxType::float64,
                    {kOnnxRows, 1}, features::kind_name(feature.kind));
  }
  // A chain of additions and not one node that sums, or a product of matrices: only so does ONNX
  // say in which order the terms are added, and the sum is Scorer's to the last bit. 500 numbers
  // make some 2,000 nodes, which ONNX Runtime reads in half a second and runs in 3 ms.
  TermNodes nodes(model, scorer.intercepts().size(), graph);
  std::string margins = nodes.row("intercept", scorer.intercepts());
  for (const Scorer::Term& term : scorer.terms())
    margins = graph.add({.op = "Add", .inputs = {margins, std::visit(nodes, term.body)}});
  return margins;
}

}  // namespace mlserve::exporters
