#pragma once

#include <optional>

#include "data/encoding.hpp"

namespace mlserve::data {

/// How a CSV text is written.
struct CsvOptions {
  std::optional<char> delimiter;  ///< one of kDelimiters; none: found from the text
  Encoding encoding = Encoding::utf8;
};

}  // namespace mlserve::data
