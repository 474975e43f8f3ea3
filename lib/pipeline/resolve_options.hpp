#pragma once

#include <string>
#include <utility>
#include <vector>

#include "pipeline/train_options.hpp"

namespace mlserve::pipeline {

/// Fills in what the columns of the file decide (target and features of the recipe) and what one
/// option says of another (the task by the estimator, --drop first by --penalty none).
/// Throws Error(invalid_argument) for a column that is not there, with the nearest name, and for
/// options that do not go together.
TrainOptions resolve_options(TrainOptions options, const std::string& source,
                             const std::vector<std::string>& header);

/// Whether a target is named, or the file has the recipe's.
bool has_target(const TrainOptions& options, const std::vector<std::string>& header);

/// Throws Error(invalid_argument) for an option that does not go with the target or with so few
/// rows.
void require_fitting_target(const TrainOptions& options, const features::Target& target,
                            std::uint64_t rows);

/// The two columns of an interaction "A:B"; a name may have colons of its own.
std::pair<std::string, std::string> interaction_columns(const std::string& interaction,
                                                        const std::vector<std::string>& header);

}  // namespace mlserve::pipeline
