#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "data/table.hpp"
#include "features/schema.hpp"

namespace mlserve::features {

struct InferredTarget {
  Target target;
  std::vector<double> values;  ///< by row: index of the class, or the number; NaN where missing
  std::uint64_t rows = 0;      ///< that have a value
};

/// What `column` is as a target. Without a `task` texts, booleans and at most 20 different integers
/// are classes, and other numbers a regression.
/// Throws Error(invalid_data), naming the column, when it has no value, only one class or too many
/// of them, a text where numbers are needed, or a count below zero.
InferredTarget infer_target(const data::Table& table, const data::Column& column,
                            std::optional<Task> task);

}  // namespace mlserve::features
