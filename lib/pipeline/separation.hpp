#pragma once

#include <string>
#include <vector>

#include "pipeline/training_data.hpp"

namespace mlserve::pipeline {

/// A sentence for each feature that tells classes apart without an error in a good part of the
/// rows: a category whose rows are all of one class, a number whose ranges by class do not overlap.
/// A penalty keeps their coefficients finite; how large they are is the penalty's choice.
std::vector<std::string> separation_warnings(const TrainingData& data);

}  // namespace mlserve::pipeline
