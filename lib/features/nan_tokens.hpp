#pragma once

namespace mlserve::features {

/// What JSON does not know, but Python writes: NaN, Infinity and -Infinity.
enum class NanTokens {
  refuse,
  accept  ///< as the strings of their letters; so NaN is missing, and Infinity too large a number
};

}  // namespace mlserve::features
