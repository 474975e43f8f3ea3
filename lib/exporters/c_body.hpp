#pragma once

#include <string>
#include <string_view>

#include "model/model.hpp"

namespace mlserve::exporters {

/// What a C file says of a row, so that C++ can say it otherwise.
struct CDialect {
  std::string_view row_type;         ///< what `predict` takes a pointer to
  std::string_view predict_linkage;  ///< "" or "static "
};

/// The part of a C file behind the type of the row: helpers, tables and `predict`. Needs <math.h>,
/// <stddef.h> and <string.h>, and that `text_of` turns members of the row into `struct text`.
/// Everything but `predict` begins with "static " at the start of its line. It is C++ as well.
std::string c_body(const model::Model& model, const CDialect& dialect);

/// Whether rows have members that are texts, and the body reads them by `text_of`.
bool reads_texts(const model::Model& model);

/// A helper of `lib/exporters/c` as it stands in an export: without its #include lines.
std::string c_helper(std::string_view file);

}  // namespace mlserve::exporters
