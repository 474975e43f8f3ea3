#pragma once

#include <string>
#include <utility>
#include <vector>

#include "pipeline/train_options.hpp"

namespace mlserve::pipeline {

/// The options that made a model, by name and as one writes them for `train`: all that decide the
/// fit and its metrics; what is off is left out. `penalty` is the one that was fitted.
std::vector<std::pair<std::string, std::string>> option_record(const TrainOptions& options,
                                                               const estimators::Penalty& penalty);

/// Names of the choices as options and records spell them; empty for a value that has none.
std::string penalty_name(estimators::PenaltyKind kind);
std::string missing_name(features::MissingPolicy policy);

}  // namespace mlserve::pipeline
