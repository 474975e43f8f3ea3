#pragma once

#include <string>
#include <vector>

#include "exporters/sql_dialect.hpp"

namespace mlserve::exporters {

/// A column of a stage. The names are plain words of ours.
struct SqlColumn {
  std::string name;
  std::string expression;
};

/// A subselect that adds columns to those of the stage before it, or replaces them.
struct SqlStage {
  std::string name;
  std::vector<SqlColumn> columns;
  std::vector<std::string> reads;  ///< columns of the stage before it, for the expressions
};

/// "WITH a AS (…), b AS (…)": each stage reads the one before it and passes on what later ones
/// read; the first one has `source` ("FROM …", may be empty) in its place. All columns of the last
/// one are wanted, and so are those of `also`.
/// Throws Error(invalid_argument) when the database has not as many columns.
std::string sql_with(const SqlDialect& dialect, std::vector<SqlStage> stages,
                     const std::string& source, const std::vector<std::string>& also);

}  // namespace mlserve::exporters
