#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "data/table.hpp"
#include "features/schema.hpp"

namespace mlserve::features {

struct InferOptions {
  std::string target;
  std::optional<Task> task;               ///< by the target's values
  std::vector<std::string> named;         ///< asked for by name: kept even if constant, say
  std::vector<std::string> not_features;  ///< in the table for another purpose
  std::vector<std::string> categorical;   ///< these are categories, whatever their values look like
  std::vector<std::string> numeric;       ///< these are numbers; another text is an error
  std::vector<std::string> text;          ///< these are texts
  std::vector<std::pair<std::string, std::string>> interactions;
  bool refuse_missing = false;  ///< a missing value of a feature is an error
};

struct InferredSchema {
  struct LeftOut {
    std::string name;
    std::string reason;
  };

  Schema schema;
  std::vector<LeftOut> left_out;      ///< columns that are no feature, and why
  std::vector<std::string> warnings;  ///< one sentence each
  std::vector<double> targets;        ///< by row: index of the class, or the number; NaN: missing
  std::uint64_t rows_without_target = 0;
};

/// Kinds and statistics from all rows of `table` that have a target: numbers are numeric,
/// true/false boolean, ISO 8601 dates dates, long and mostly different texts text, other texts
/// categorical. Left out are constants, columns without a value, and short texts that are nearly
/// all different; integers never are.
///
/// Throws Error(invalid_data), naming the column, as `infer_target` does, when a column asked for
/// by name has no value, when a text stands in a column of `options.numeric`, and when no feature
/// is left; Error(invalid_argument) for an interaction that cannot be.
InferredSchema infer_schema(const data::Table& table, const InferOptions& options);

}  // namespace mlserve::features
