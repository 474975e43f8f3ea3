#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "exporters/export_options.hpp"

namespace mlserve::exporters {

/// What stands before "cannot carry" where an SQL export refuses something.
inline constexpr std::string_view kSqlStatement = "an SQL statement";

/// What the databases have in different ways.
struct SqlDialect {
  Dialect database;
  std::string_view name;  ///< "SQLite"

  // Values.
  std::string_view double_type;
  std::string_view text_type;
  std::string_view bytewise;  ///< " COLLATE …": texts are equal when their bytes are
  std::string_view infinity;
  bool has_untyped_columns;  ///< a column of numbers may hold texts
  bool raises_underflow;     ///< where others give 0

  // Functions.
  std::string_view greatest;  ///< of several columns

  // Stages: subselects each of which reads the one before it.
  std::string_view stage;      ///< after the name of one: "AS"
  std::string_view fence;      ///< at its end: keeps its expressions from being copied into readers
  bool has_stages_of_one_row;  ///< in a lateral join, so that conditions on the key reach the table

  // Names.
  bool folds_case;              ///< "a" and "A" are one column
  bool has_empty_names;         ///< a column may be called ""
  std::size_t max_name_bytes;   ///< what is longer is cut off
  std::size_t max_table_parts;  ///< of "catalog.schema.table"
  std::string_view own_tables;  ///< how the names of its own tables begin, if users have none such
  std::size_t max_columns;      ///< of a table or subselect
};

const SqlDialect& sql_dialect(Dialect dialect);

/// A name that is taken as it is, in double quotes. Throws Error(invalid_argument) for what no name
/// of the database can be.
std::string sql_name(const SqlDialect& dialect, std::string_view name);

/// What names of one column have in common.
std::string sql_identity(const SqlDialect& dialect, std::string_view name);

/// A literal of any text, right whatever the settings of the session. Throws
/// Error(invalid_argument) for one with a NUL byte.
std::string sql_text(const SqlDialect& dialect, std::string_view text);

/// A literal that the database reads as exactly this double; `value` is finite. Where underflow
/// raises an error, 0 for what is so near to it that its product with a sql_factor might.
std::string sql_number(const SqlDialect& dialect, double value);

/// A number as the factor of products: where underflow raises an error, 0 for what is nearer to it
/// than 1e-150.
std::string sql_factor(const SqlDialect& dialect, const std::string& number);

/// exp() of an expression, 0 where the database would raise an error for so small a number.
std::string sql_exp(const SqlDialect& dialect, const std::string& argument);

/// `text` made fit for a comment: whatever might end one is left out.
std::string sql_comment(std::string_view text);

}  // namespace mlserve::exporters
