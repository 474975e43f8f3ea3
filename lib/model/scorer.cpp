#include "model/scorer.hpp"

#include <algorithm>
#include <cmath>
#include <set>
#include <span>

#include "estimators/loss.hpp"
#include "model/terms.hpp"

namespace mlserve::model {
namespace {

constexpr double kLargestExponent = 709;

/// Margins of the classes into probabilities, without overflow.
void softmax(std::span<double> margins) {
  const double largest = *std::max_element(margins.begin(), margins.end());
  double sum = 0;
  for (double& margin : margins) {
    margin = std::exp(margin - largest);
    sum += margin;
  }
  for (double& margin : margins) margin /= sum;
}

std::vector<std::string> effect_names(const features::Schema& schema) {
  std::vector<std::string> names = schema.feature_names();
  for (const auto& [a, b] : schema.interactions)
    names.push_back(schema.features[a].name + ":" + schema.features[b].name);
  // A feature may be called as an interaction is.
  std::set<std::string> taken;
  for (std::string& name : names) {
    while (!taken.insert(name).second) name += '\'';
  }
  return names;
}

}  // namespace

Scorer::Scorer(const Model& model)
    : intercepts_(model.intercepts),
      estimator_(model.estimator),
      threshold_(model.threshold),
      terms_(compile_terms(model)),
      effects_(effect_names(model.schema)) {}

void Scorer::score(const features::EncodedRows& rows, Scores& scores) const {
  const std::size_t width = intercepts_.size();
  scores.width = width;
  scores.values.clear();
  scores.values.reserve(rows.size() * width);
  for (std::size_t i = 0; i < rows.size(); ++i)
    scores.values.insert(scores.values.end(), intercepts_.begin(), intercepts_.end());
  for (const Term& term : terms_) add_term(term.body, rows, width, scores.values);
  if (estimator_ == Estimator::linear) return;
  if (estimator_ == Estimator::poisson) {
    // Beyond that exp overflows, and JSON has no infinity.
    for (double& value : scores.values) value = std::exp(std::min(value, kLargestExponent));
  } else if (width == 1) {
    for (double& value : scores.values) value = estimators::sigmoid(value);
  } else {
    for (std::size_t i = 0; i < rows.size(); ++i)
      softmax(std::span(scores.values).subspan(i * width, width));
  }
}

void Scorer::explain(const features::EncodedRows& rows, Explanation& explanation) const {
  const std::size_t width = intercepts_.size();
  explanation.width = width;
  explanation.baseline = intercepts_;
  explanation.contributions.resize(terms_.size());
  for (std::size_t t = 0; t < terms_.size(); ++t) {
    std::vector<double>& contributions = explanation.contributions[t];
    contributions.clear();
    for (std::size_t i = 0; i < rows.size() * width; ++i)
      contributions.push_back(-terms_[t].mean[i % width]);
    add_term(terms_[t].body, rows, width, contributions);
    for (std::size_t k = 0; k < width; ++k) explanation.baseline[k] += terms_[t].mean[k];
  }
}

std::size_t Scorer::label(std::span<const double> row) const noexcept {
  if (row.size() == 1) return row[0] > threshold_ ? 1 : 0;
  return static_cast<std::size_t>(std::max_element(row.begin(), row.end()) - row.begin());
}

}  // namespace mlserve::model
