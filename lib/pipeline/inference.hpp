#pragma once

#include <string>
#include <vector>

#include "metrics/inference.hpp"
#include "model/model.hpp"
#include "pipeline/fit_model.hpp"
#include "pipeline/training_data.hpp"

namespace mlserve::pipeline {

/// Puts standard errors, deviances, AIC, BIC, variance inflation and warnings into the model that
/// was fitted on all rows. What needs a Hessian that was too large to build is NaN or left out.
void add_inference(const TrainingData& data, const PartWeights& all,
                   const estimators::Penalty& penalty, FittedModel& fitted);

/// A coefficient of a model as people read it.
struct CoefficientRow {
  std::string output;  ///< of three classes and more: "b - a", the difference that it is
  std::string column;  ///< or "(intercept)"
  metrics::Estimate estimate;
};

/// The intercept and the columns, of several classes for each but the first.
std::vector<CoefficientRow> coefficient_rows(const model::Model& model);

/// What exp(coefficient) is called, or nothing where it means nothing: "odds ratio".
std::string ratio_name(model::Estimator estimator);

}  // namespace mlserve::pipeline
