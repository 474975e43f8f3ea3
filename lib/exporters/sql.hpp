#pragma once

#include <string>

#include "exporters/export_options.hpp"
#include "model/model.hpp"

namespace mlserve::exporters {

/// The model as a SELECT that scores `options.table` in the database of `options.dialect`. Without
/// a semicolon at its end, so that `CREATE VIEW scores AS` may stand before it.
///
/// Its columns are `options.key` (if any), `prediction`, and of classes `probability_<class>` in
/// their order, as in the CSV output of `predict`. One row for each row of the table, in no
/// promised order.
///
/// `options.table` is a name as it is, in upper and lower case: `passengers`, or with its schema
/// `public.passengers`; a part that has a dot itself stands in double quotes, as in SQL:
/// `public."a.b"`.
///
/// Numbers are columns of numbers; a NULL or NaN is missing, in SQLite, whose `.import` makes
/// columns of text, also the empty text and the markers ("NA"). Categories are compared as texts,
/// byte by byte: blanks around one, which the program does not read from a CSV file, count. A row
/// has NULL for its answers when it has a number beyond 1e150 (or, in SQLite, a text that is no
/// number), when a value is missing that the model refuses to miss, or when its margin overflows.
/// In PostgreSQL, where underflow is an error, numbers nearer to 0 than 1e-150 count as 0; an
/// overflow is its error.
///
/// Throws Error(invalid_argument) when the database cannot tell two columns apart, has no such name
/// or not as many columns, and for texts and dates.
std::string sql_select(const model::Model& model, const ExportOptions& options = {});

}  // namespace mlserve::exporters
