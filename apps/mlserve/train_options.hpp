#pragma once

#include <CLI/CLI.hpp>

#include "pipeline/train_options.hpp"

namespace mlserve::app {

/// The options of `train` that decide the model.
void add_train_options(CLI::App& app, pipeline::TrainOptions& options);

/// Throws Error(invalid_argument) for an option that was given and that another one makes idle.
void require_heeded(const CLI::App& app, const pipeline::TrainOptions& options);

}  // namespace mlserve::app
