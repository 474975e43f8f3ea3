#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace mlserve {

/// How another program ended and what it wrote.
struct ProcessResult {
  int status = 0;  ///< exit code, or 128 and the number of the signal that ended it
  std::string output;
  std::string errors;
};

/// Runs `command` (the program's path, then its arguments; no shell) with `input` on its standard
/// input, in `folder` unless that is empty, and waits until it ends. Its environment is ours
/// without the variables that begin with MLSERVE_. What takes longer than `time_limit` is killed
/// with the processes it started. May be called on several threads at once. Throws Error(not_found)
/// when there is no such program, Error(unavailable) when it cannot be run and at the time limit,
/// Error(conflict) when a signal has come that a SignalHold of this thread holds back,
/// Error(internal) when the system has no more processes.
ProcessResult run_process(const std::vector<std::string>& command, std::string_view input,
                          std::chrono::seconds time_limit, const std::string& folder = {});

/// The absolute path of a program by the folders of the environment variable PATH; none if it is in
/// none.
std::optional<std::string> find_program(std::string_view name);

}  // namespace mlserve
