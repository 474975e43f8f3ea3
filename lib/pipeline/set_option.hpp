#pragma once

#include <string_view>

#include "pipeline/train_options.hpp"

namespace mlserve::pipeline {

/// Sets the option of `train` that is called `name` there, without dashes, to what `value` spells:
/// all options that decide the model. Lists ("A,B") and searches ("C=0.1,1") add to what is there,
/// of features at least one; a flag is on for "", "true" and "1".
/// Throws Error(invalid_argument) that begins with the name: for a value that it does not take,
/// with what it takes, and for a name that no option has, with the nearest one.
void set_option(TrainOptions& options, std::string_view name, std::string_view value);

}  // namespace mlserve::pipeline
