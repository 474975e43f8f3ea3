#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "exporters/export_options.hpp"
#include "exporters/sql_dialect.hpp"
#include "model/model.hpp"

namespace mlserve::exporters {

/// The parts of a table's name: `public.passengers` has two, in double quotes a dot is one of the
/// name. Throws Error(invalid_argument) for an empty part, one whose quotes are not closed, and
/// more parts than the database has.
std::vector<std::string> sql_table_parts(const SqlDialect& dialect, std::string_view table);

/// The names of the columns of the SELECT: the key, if any, then what is predicted.
std::vector<std::string> sql_output_names(const model::Model& model, const ExportOptions& options);

/// Throws Error(invalid_argument) when the table cannot have a column for each feature, or the
/// output has two columns of one name.
void require_distinct_names(const SqlDialect& dialect, const model::Model& model,
                            const ExportOptions& options);

}  // namespace mlserve::exporters
