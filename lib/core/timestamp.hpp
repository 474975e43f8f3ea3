#pragma once

#include <chrono>
#include <string>

namespace mlserve {

/// RFC 3339, UTC, with milliseconds: 2024-02-29T12:34:56.789Z.
std::string timestamp(std::chrono::system_clock::time_point time);

}  // namespace mlserve
