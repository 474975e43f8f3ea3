#pragma once

#include <optional>
#include <string_view>

#include "pipeline/row_reader.hpp"

namespace mlserve::server {

/// The format of a body by its Content-Type (RFC 9110); JSON when there is none. None for a type
/// that is not spoken here, and for a charset other than UTF-8.
std::optional<pipeline::FileFormat> body_format(std::string_view content_type);

/// Whether a Content-Type has parameters beside a charset.
bool has_other_parameters(std::string_view content_type);

/// Whether an Accept header takes `application/json`: when absent, or when the most
/// specific range that covers it has q > 0.
bool accepts_json(std::string_view accept);

/// How much an Accept header likes `type`, by the most specific range that covers it (RFC 9110,
/// 12.5.1); 0 when none does.
double accepted_quality(std::string_view accept, std::string_view type);

/// The one of all formats that an Accept header likes best; JSON before JSON Lines before CSV where
/// it likes them alike, and when it is absent. None if it takes none of them.
std::optional<pipeline::FileFormat> accepted_format(std::string_view accept);

/// "application/json", "application/x-ndjson", "text/csv".
std::string_view media_type_of(pipeline::FileFormat format);

}  // namespace mlserve::server
