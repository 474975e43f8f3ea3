#pragma once

#include <string>
#include <string_view>

namespace mlserve::data {

/// Appends one CSV field (RFC 4180): quoted, its quotes doubled, when it has a comma, a quote, a
/// line break or blanks at an end.
void append_csv_field(std::string& out, std::string_view text);

}  // namespace mlserve::data
