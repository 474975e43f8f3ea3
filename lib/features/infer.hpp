#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "data/table.hpp"
#include "features/schema.hpp"

namespace mlserve::features {

struct InferOptions {
  std::string target;
  std::vector<std::string> named;        ///< asked for by name: kept even if constant, say
  std::vector<std::string> categorical;  ///< these are categories, whatever their values look like
  std::vector<std::string> numeric;      ///< these are numbers; another text is an error
};

struct InferredSchema {
  struct LeftOut {
    std::string name;
    std::string reason;
  };

  Schema schema;
  std::vector<LeftOut> left_out;      ///< columns that are no feature, and why
  std::vector<std::string> warnings;  ///< one sentence each
  std::vector<unsigned char> labels;  ///< by row: index of its class, or kNoLabel
  std::uint64_t rows_without_target = 0;
};

/// Kinds and statistics from all rows of `table` that have a target: numbers are numeric,
/// true/false boolean, other texts categorical. Left out are constants, columns without a value,
/// and texts that are nearly all different; integers never are.
///
/// Throws Error(invalid_data), naming the column, when the target has not two classes, when a
/// column asked for by name has no value, when a text stands in a column of `options.numeric`, and
/// when no feature is left.
InferredSchema infer_schema(const data::Table& table, const InferOptions& options);

}  // namespace mlserve::features
