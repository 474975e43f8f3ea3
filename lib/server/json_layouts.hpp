#pragma once

#include <cstddef>
#include <string>

#include <simdjson.h>

#include "features/json_row_builder.hpp"
#include "server/prediction_error.hpp"
#include "server/served_model.hpp"

namespace mlserve::server {

/// A member of a body that holds rows.
struct RowsMember {
  std::string name;
  simdjson::dom::element value;
};

// The ways in which protocols lay rows out in JSON. Each appends to `scratch.parsed` until that is
// enough for `max_rows`, and returns where the fields stand in the body; that borrows the values.
// They throw Malformed for a member of another type, Error(invalid_data) for a table that lacks a
// feature.

/// A list of rows: each an object, the list of its values in the order of the features, or, of a
/// model of one feature, its value.
RowPointer append_rows(const RowsMember& rows, features::ValueForm form,
                       ServedModel::Scratch& scratch, std::size_t max_rows);

/// A list of objects.
RowPointer append_records(const RowsMember& records, features::ValueForm form,
                          ServedModel::Scratch& scratch, std::size_t max_rows,
                          const simdjson::dom::object* shared = nullptr);

/// An object of columns, each a list of as many values as there are rows; else as append_rows.
RowPointer append_columns_or_rows(const RowsMember& columns, features::ValueForm form,
                                  ServedModel::Scratch& scratch, std::size_t max_rows);

/// pandas' "split": {"columns": [name…], "data": [[value…]…]}.
RowPointer append_split(const RowsMember& table, ServedModel::Scratch& scratch,
                        std::size_t max_rows);

}  // namespace mlserve::server
