#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace mlserve {

/// The bytes that `text` stands for in base64 (RFC 4648, section 4, or section 5 with '-' and '_'),
/// padded or not; none when it is no such text.
std::optional<std::string> decode_base64(std::string_view text);

}  // namespace mlserve
