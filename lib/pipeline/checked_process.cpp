#include "pipeline/checked_process.hpp"

#include <chrono>
#include <utility>

#include "core/error.hpp"
#include "core/subprocess.hpp"
#include "core/text.hpp"

namespace mlserve::pipeline {
namespace {

/// Compilers say first where they are and then what is wrong.
std::string_view telling_line(std::string_view errors) {
  const std::string_view first = errors.substr(0, errors.find('\n'));
  while (!errors.empty()) {
    const std::string_view line = errors.substr(0, errors.find('\n'));
    if (ascii_lower(line).find("error") != std::string::npos) return line;
    errors.remove_prefix(line.size());
    if (!errors.empty()) errors.remove_prefix(1);
  }
  return first;
}

}  // namespace

std::string run_checked(const std::vector<std::string>& command, std::string_view input,
                        const std::string& folder) {
  constexpr std::chrono::seconds kTimeLimit{600};
  constexpr std::size_t kMostBytes = 300;
  ProcessResult result;
  try {
    result = run_process(command, input, kTimeLimit, folder);
  } catch (const Error& error) {
    throw Error(ErrorKind::internal, error.what());
  }
  if (result.status != 0) {
    const std::string_view said = telling_line(result.errors);
    throw Error(ErrorKind::internal, command.front() + " failed with status " +
                                         std::to_string(result.status) +
                                         (said.empty() ? "" : ": " + shown(said, kMostBytes)));
  }
  return std::move(result.output);
}

}  // namespace mlserve::pipeline
