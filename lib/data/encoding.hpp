#pragma once

#include <memory>
#include <optional>
#include <string_view>

#include "data/byte_source.hpp"

namespace mlserve::data {

/// What the bytes of a text file stand for.
enum class Encoding {
  utf8,
  latin1  ///< ISO 8859-1: byte b is U+00b, 0x80 to 0x9F are control characters, as in Python
};

/// "utf-8" and "latin1", with their other common spellings, in any case; none for other names.
std::optional<Encoding> parse_encoding(std::string_view name);

/// The text of `source` in UTF-8. UTF-8 is given as it is, unchecked.
std::unique_ptr<ByteSource> decoded(std::unique_ptr<ByteSource> source, Encoding encoding);

}  // namespace mlserve::data
