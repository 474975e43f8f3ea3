#pragma once

#include <string>
#include <vector>

#include "exporters/sql_dialect.hpp"

namespace mlserve::exporters {

/// A text and the expression that stands for it.
struct SqlCase {
  std::string text;
  std::string expression;
};

/// An expression that is the one of the case whose text `column` has, byte by byte, else
/// `otherwise`. Many cases are a tree of few levels, so that a thousand cost some twenty
/// comparisons. `column` is compared bytewise by its own collation; the texts differ.
std::string sql_lookup(const SqlDialect& dialect, const std::string& column,
                       std::vector<SqlCase> cases, const std::string& otherwise);

}  // namespace mlserve::exporters
