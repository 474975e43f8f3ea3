#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace mlserve::server {

/// `sent`, the value of an X-Request-Id header, if it may stand in a log and in a header of the
/// answer: 1 to 128 visible ASCII characters, no blanks. Else none: the request gets an id of ours.
std::optional<std::string_view> usable_request_id(std::string_view sent);

/// A new id: 32 hexadecimal digits, different for every call of every process, from which nobody
/// can tell how many requests there were. No system call but for the first; callable on any thread.
/// Throws Error(internal) when the first call finds no randomness.
std::string make_request_id();

}  // namespace mlserve::server
