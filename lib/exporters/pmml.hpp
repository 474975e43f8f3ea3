#pragma once

#include <string>

#include "exporters/export_options.hpp"
#include "model/model.hpp"

namespace mlserve::exporters {

/// The model as a PMML 4.4 document with one RegressionModel.
///
/// Inputs are called as the features are: doubles (a truth value is 0 or 1) and strings; a value is
/// missing when it is PMML's missing value, a string also when it is empty. Outputs are called as
/// the columns that `mlserve predict --format csv --probabilities` writes: `prediction`, and of
/// classes `probability_<class>`; what has the name of a feature gets a "_" behind it.
///
/// The golden rows stand in it as ModelVerification.
///
/// RegressionModel has no threshold: with another one than 0.5, `prediction` is computed from the
/// probability, and the predicted value of the model itself remains the more probable class.
///
/// Throws Error(invalid_argument) for texts, dates, and names and categories with characters that
/// XML 1.0 does not have.
std::string pmml(const model::Model& model, const ExportOptions& options = {});

}  // namespace mlserve::exporters
