#pragma once

#include <string>
#include <string_view>

namespace mlserve::server {

/// Appends `text` with every byte but letters, digits, '-', '.', '_' and '~' as "%2F" (RFC 3986):
/// what then stands for itself in any part of a URI.
void append_percent_encoded(std::string& out, std::string_view text);

}  // namespace mlserve::server
