#pragma once

#include <chrono>
#include <string>

#include <CLI/CLI.hpp>

namespace mlserve::app {

/// An option that takes 500ms, 30s, 5m, 24h or 7d, not less than `least`; seconds when there is no
/// unit.
CLI::Option* add_duration_option(CLI::App& app, const std::string& name,
                                 std::chrono::milliseconds& duration,
                                 const std::string& description,
                                 std::chrono::milliseconds least = std::chrono::milliseconds(1));

}  // namespace mlserve::app
