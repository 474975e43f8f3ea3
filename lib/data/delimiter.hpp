#pragma once

#include <memory>
#include <optional>
#include <string_view>

#include "data/byte_source.hpp"

namespace mlserve::data {

/// What may stand between the fields of a record.
inline constexpr std::string_view kDelimiters = ",;\t|";

/// One of kDelimiters by its character or, for the tab, "tab" or "\t"; none for another text.
std::optional<char> parse_delimiter(std::string_view text);

/// The delimiter of the CSV text at the beginning of `source`, which is given back unread.
///
/// It is the one that cuts the header into most fields, outside of quotes; one that cuts each of
/// the first records into as many goes before one that does not. A comma when two are equally good
/// or none is there.
char find_delimiter(std::unique_ptr<ByteSource>& source);

}  // namespace mlserve::data
