#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace mlserve::pipeline {

/// Runs `command` in `folder` with `input` on its standard input and returns its output.
/// Throws Error(internal) with the first line that tells an error when it fails or does not end
/// within some minutes.
std::string run_checked(const std::vector<std::string>& command, std::string_view input,
                        const std::string& folder);

}  // namespace mlserve::pipeline
