#pragma once

#include <string>

#include "estimators/fit.hpp"
#include "model/model.hpp"
#include "pipeline/training_data.hpp"

namespace mlserve::pipeline {

/// A model without inference, metrics and record, and the fit behind it.
struct FittedModel {
  model::Model model;
  estimators::Fit fit;
  double seconds = 0;  ///< of the fit alone
};

/// Learns encoding and coefficients from a part of the data. The coefficients of aliased columns
/// are NaN. `penalty` and `threads` are those of this fit. Throws Error(invalid_data) when the part
/// cannot be learned from as a whole; separated columns are in `fit`.
FittedModel fit_model(const TrainingData& data, const PartWeights& part,
                      const estimators::Penalty& penalty, unsigned threads);

/// Throws Error(invalid_data), naming the columns, when a fit without penalty has no finite answer.
void require_not_separated(const TrainingData& data, const FittedModel& fitted);

/// "logistic", "multinomial", "linear", "poisson": what minimises the loss of the data's task.
std::string loss_name(const features::Target& target);

}  // namespace mlserve::pipeline
