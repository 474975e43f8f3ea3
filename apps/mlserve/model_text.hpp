#pragma once

#include <cstddef>
#include <string>

#include "features/encoder.hpp"
#include "features/schema.hpp"
#include "model/model.hpp"
#include "pipeline/measure.hpp"

namespace mlserve::app {

// The parts of a model that several commands show to people.

/// Target and features; without fill values when `encoder` is empty, because nothing was fitted.
std::string schema_text(const features::Schema& schema, const features::Encoder& encoder);

/// The intercept and the first `most` columns with errors and intervals; how many more there are.
std::string coefficients_text(const model::Model& model, std::size_t most);

/// Deviances and information criteria, variance inflation, warnings.
std::string inference_text(const model::Inference& inference);

/// Names and values, with "± deviation" where `deviations` has one.
std::string metrics_text(const model::NamedNumbers& metrics,
                         const model::NamedNumbers& deviations = {});

/// Measures of each class and the confusion matrix; nothing of numbers and of very many classes.
std::string classes_text(const features::Target& target, const pipeline::Measures& measures);

}  // namespace mlserve::app
