#pragma once

#include <string_view>

namespace mlserve {

/// "1.2.3", set by the build from the project's one version.
inline constexpr std::string_view kVersion = MLSERVE_VERSION;

}  // namespace mlserve
