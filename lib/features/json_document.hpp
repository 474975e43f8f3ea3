#pragma once

#include <cstddef>
#include <string_view>

#include <simdjson.h>

#include "features/nan_tokens.hpp"

namespace mlserve::features {

/// A JSON text as simdjson's values, which live until the next `read`. Keeps its buffers from text
/// to text: one document a thread.
class JsonDocument {
 public:
  /// Lists and objects that may stand within each other. The bodies of all protocols need fewer
  /// than ten; deeper ones are there to overflow the stacks of those who walk through them.
  static constexpr std::size_t kMaxDepth = 64;

  JsonDocument();

  /// Throws Error(invalid_data) "is not JSON: …", with a hint at single quotes where they are the
  /// cause, or "is nested more than 64 levels deep".
  simdjson::dom::element read(std::string_view text, NanTokens tokens = NanTokens::refuse);

  /// The same for a text behind which data::RecordReader::kPadding bytes may be read.
  simdjson::dom::element read_padded(std::string_view text);

 private:
  simdjson::dom::parser parser_;
};

}  // namespace mlserve::features
