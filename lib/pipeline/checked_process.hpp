#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace mlserve::pipeline {

/// Throws Error(unavailable), with what it says, unless `command` runs in `folder` and ends well:
/// to know whether a program works here before it gets what is to be tested.
void require_working(const std::vector<std::string>& command, const std::string& folder);

/// Runs `command` in `folder` with `input` on its standard input and returns its output.
/// Throws Error(internal) with the first line that tells an error when it fails or does not end
/// within some minutes, Error(conflict) when it was interrupted.
std::string run_checked(const std::vector<std::string>& command, std::string_view input,
                        const std::string& folder);

/// The lines of an output, which must be one for each of `rows` rows; throws Error(internal) that
/// names `who` wrote it.
std::vector<std::string_view> lines_of(std::string_view output, std::size_t rows,
                                       const std::string& who);

}  // namespace mlserve::pipeline
