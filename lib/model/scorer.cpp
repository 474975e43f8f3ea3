#include "model/scorer.hpp"

#include <cmath>
#include <cstddef>

#include "estimators/logistic.hpp"

namespace mlserve::model {

Scorer::Scorer(const Model& model)
    : intercept_(model.intercept), terms_(model.schema.features.size()) {
  for (std::size_t f = 0; f < terms_.size(); ++f) {
    const features::Feature& feature = model.schema.features[f];
    terms_[f].is_codes = feature.is_categorical();
    terms_[f].fill = model.encoder.fill_values()[f];
    if (feature.is_categorical()) {
      terms_[f].weight_of_code.assign(features::kFirstCategory + feature.categories.size(), 0.0);
    }
  }
  for (std::size_t c = 0; c < model.columns.size(); ++c) {
    const features::DesignColumn& column = model.columns[c];
    Term& term = terms_[column.feature];
    if (term.is_codes) {
      term.weight_of_code[features::kFirstCategory + static_cast<std::size_t>(column.category)] =
          model.coefficients[c];
    } else {
      term.weight = model.coefficients[c];
    }
  }
}

void Scorer::score(const features::EncodedRows& rows, std::vector<double>& probabilities) const {
  probabilities.assign(rows.size(), intercept_);
  for (std::size_t f = 0; f < terms_.size(); ++f) {
    const Term& term = terms_[f];
    const features::EncodedRows::ColumnValues& column = rows.columns()[f];
    if (term.is_codes) {
      for (std::size_t i = 0; i < rows.size(); ++i)
        probabilities[i] += term.weight_of_code[column.codes[i]];
    } else {
      for (std::size_t i = 0; i < rows.size(); ++i) {
        const double value = column.numbers[i];
        probabilities[i] += term.weight * (std::isnan(value) ? term.fill : value);
      }
    }
  }
  for (double& value : probabilities) value = estimators::sigmoid(value);
}

}  // namespace mlserve::model
