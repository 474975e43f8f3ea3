#include "pipeline/checked_process.hpp"

#include <algorithm>
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

/// Runs it; what goes wrong is an Error of this kind.
std::string run_or_fail(const std::vector<std::string>& command, std::string_view input,
                        const std::string& folder, ErrorKind kind) {
  constexpr std::chrono::seconds kTimeLimit{600};
  constexpr std::size_t kMostBytes = 300;
  ProcessResult result;
  try {
    result = run_process(command, input, kTimeLimit, folder);
  } catch (const Error& error) {
    if (error.kind() == ErrorKind::conflict) throw;
    throw Error(kind, error.what());
  }
  if (result.status != 0) {
    const std::string_view said = telling_line(result.errors);
    throw Error(kind, command.front() + " failed with status " + std::to_string(result.status) +
                          (said.empty() ? "" : ": " + shown(said, kMostBytes)));
  }
  return std::move(result.output);
}

}  // namespace

void require_working(const std::vector<std::string>& command, const std::string& folder) {
  run_or_fail(command, {}, folder, ErrorKind::unavailable);
}

std::string run_checked(const std::vector<std::string>& command, std::string_view input,
                        const std::string& folder) {
  return run_or_fail(command, input, folder, ErrorKind::internal);
}

std::vector<std::string_view> lines_of(std::string_view output, std::size_t rows,
                                       const std::string& who) {
  std::vector<std::string_view> lines;
  lines.reserve(rows);
  while (!output.empty()) {
    lines.push_back(output.substr(0, output.find('\n')));
    output.remove_prefix(std::min(output.size(), lines.back().size() + 1));
  }
  if (lines.size() != rows) {
    throw Error(ErrorKind::internal, who + " gives " + std::to_string(lines.size()) +
                                         " answers to " + std::to_string(rows) + " rows");
  }
  return lines;
}

}  // namespace mlserve::pipeline
