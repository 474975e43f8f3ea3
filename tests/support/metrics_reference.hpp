#pragma once

#include <vector>

#include <Eigen/Core>

#include "metrics/inference.hpp"
#include "metrics/scores.hpp"
#include "support/reference.hpp"

namespace mlserve::testing {

/// tests/reference/metrics.json: what scikit-learn, statsmodels, scipy and R say, as metrics.py
/// beside it describes.
inline const nlohmann::json& metrics_reference() {
  static const nlohmann::json content = read_reference("metrics.json");
  return content;
}

inline Eigen::VectorXd vector_of(const nlohmann::json& list) {
  const std::vector<double> values = list;
  return Eigen::VectorXd::Map(values.data(), static_cast<Eigen::Index>(values.size()));
}

inline Eigen::MatrixXd matrix_of(const nlohmann::json& rows) {
  Eigen::MatrixXd matrix(static_cast<Eigen::Index>(rows.size()),
                         static_cast<Eigen::Index>(rows.at(0).size()));
  Eigen::Index i = 0;
  for (const nlohmann::json& row : rows) matrix.row(i++) = vector_of(row).transpose();
  return matrix;
}

/// Rows that own what ClassScores looks at.
struct ClassRows {
  std::vector<double> labels;
  std::vector<double> probabilities;
  std::vector<double> weights;
  std::size_t classes = 2;

  metrics::ClassScores scores() const { return {labels, probabilities, classes, weights}; }
};

/// Labels and probabilities of `section`, which has a number or a list for each row; no weights.
inline ClassRows class_rows(const nlohmann::json& section) {
  ClassRows rows;
  rows.labels = section.at("labels").get<std::vector<double>>();
  const nlohmann::json& probabilities = section.at("probabilities");
  if (probabilities.at(0).is_number()) {
    rows.probabilities = probabilities.get<std::vector<double>>();
    return rows;
  }
  rows.classes = probabilities.at(0).size();
  for (const nlohmann::json& row : probabilities) {
    rows.probabilities.insert(rows.probabilities.end(), row.begin(), row.end());
  }
  return rows;
}

/// Every row as often as its weight says.
inline ClassRows expanded(const ClassRows& grouped) {
  ClassRows rows;
  rows.classes = grouped.classes;
  const std::size_t each = grouped.classes == 2 ? 1 : grouped.classes;
  for (std::size_t i = 0; i < grouped.labels.size(); ++i) {
    const auto first = grouped.probabilities.begin() + static_cast<std::ptrdiff_t>(i * each);
    for (int copy = 0; copy < static_cast<int>(grouped.weights[i]); ++copy) {
      rows.labels.push_back(grouped.labels[i]);
      rows.probabilities.insert(rows.probabilities.end(), first,
                                first + static_cast<std::ptrdiff_t>(each));
    }
  }
  return rows;
}

inline metrics::FittedParameters fitted_parameters(const nlohmann::json& fit) {
  return {vector_of(fit.at("intercepts")),  matrix_of(fit.at("coefficients")),
          vector_of(fit.at("centres")),     vector_of(fit.at("scales")),
          matrix_of(fit.at("information")), {}};
}

}  // namespace mlserve::testing
