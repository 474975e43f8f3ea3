#pragma once

#include <string>
#include <string_view>

namespace mlserve {

/// A new UUIDv7 (RFC 9562): 48 bits of the system's time in milliseconds, then 74 bits of the
/// system's random source, so that nobody can guess one and later ones mostly sort behind. Lower
/// case with hyphens. Throws Error(internal) when the system has no randomness.
std::string make_uuid();

/// Whether `text` has the form of a UUID in lower case.
bool is_uuid(std::string_view text);

}  // namespace mlserve
