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

}  // namespace mlserve::pipeline
