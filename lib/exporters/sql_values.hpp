#pragma once

#include <cstddef>
#include <optional>
#include <string>

#include "exporters/sql_dialect.hpp"
#include "model/model.hpp"

namespace mlserve::exporters {

/// What feature `f` is called within the SELECT: a plain word.
std::string sql_feature(std::size_t f);

/// The value of feature `f` as it comes from `column`, an expression for its column of the table.
std::string sql_raw_value(const SqlDialect& dialect, const model::Model& model, std::size_t f,
                          const std::string& column);

/// The value made of the raw one, which is called `sql_feature(f)`: a double or a text; NULL where
/// it is missing; infinite where it is no number that a model takes, so that every margin becomes
/// infinite or NaN. None: the raw one is it.
std::optional<std::string> sql_checked_value(const SqlDialect& dialect, const model::Model& model,
                                             std::size_t f);

}  // namespace mlserve::exporters
