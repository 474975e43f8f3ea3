#include "data/input.hpp"

#include <filesystem>
#include <system_error>

#include "core/error.hpp"

namespace mlserve::data {
namespace {

void require_different_files(std::span<const std::string> paths) {
  for (std::size_t i = 0; i < paths.size(); ++i) {
    for (std::size_t j = 0; j < i; ++j) {
      std::error_code not_there;
      if (paths[i] != paths[j] && !std::filesystem::equivalent(paths[i], paths[j], not_there))
        continue;
      throw Error(ErrorKind::invalid_argument,
                  source_name(paths[i]) + ": is named twice; its rows would count twice");
    }
  }
}

}  // namespace

Input file_input(const std::string& path) {
  std::error_code ignored;
  const bool rereadable = path != "-" && std::filesystem::is_regular_file(path, ignored);
  return {source_name(path), [path] { return open_source(path); }, rereadable, std::nullopt};
}

std::vector<Input> file_inputs(std::span<const std::string> paths) {
  require_different_files(paths);
  std::vector<Input> inputs;
  for (const std::string& path : paths) inputs.push_back(file_input(path));
  return inputs;
}

std::string input_name(std::span<const Input> inputs) {
  const std::string& first = inputs.front().name;
  return inputs.size() == 1 ? first : first + " and " + std::to_string(inputs.size() - 1) + " more";
}

std::uint64_t total_bytes(std::span<const Input> inputs) {
  std::uint64_t total = 0;
  for (const Input& input : inputs) {
    if (!input.bytes) return 0;
    total += *input.bytes;
  }
  return total;
}

}  // namespace mlserve::data
