#pragma once

#include <span>
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
  std::string joins = {};          ///< "LEFT JOIN …" to it
};

/// The stages as parts of a WITH: "a AS (…)". Each reads the one before it, and passes on what
/// later ones read; the first one has `source` ("FROM …", may be empty) in its place. What is
/// wanted of the last one are the columns called `wanted`. Throws Error(invalid_argument) when the
/// database has not as many columns.
std::vector<std::string> sql_stages(const SqlDialect& dialect, std::vector<SqlStage> stages,
                                    const std::string& source, std::span<const std::string> wanted);

/// "WITH a AS (…), b AS (…)", or nothing of no parts.
std::string sql_with(std::span<const std::string> parts);

struct SqlAddend {
  std::string expression;
  std::vector<std::string> reads;
};

/// start + addends[0] + addends[1] + …, in this order.
struct SqlSum {
  std::string name;
  std::string start;
  std::vector<SqlAddend> addends;
};

/// Adds stages, `stage`_1 and so on, that give columns with these sums. All have as many addends,
/// and those of one place read the same columns.
void add_sums(const std::string& stage, const std::vector<SqlSum>& sums,
              std::vector<SqlStage>& stages);

}  // namespace mlserve::exporters
