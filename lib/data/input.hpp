#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "data/byte_source.hpp"

namespace mlserve::data {

/// Bytes that can be read from their beginning, wherever they are kept.
struct Input {
  std::string name;  ///< for messages
  std::function<std::unique_ptr<ByteSource>()> open;
  bool rereadable = true;              ///< `open` may be called again and gives the same bytes
  std::optional<std::uint64_t> bytes;  ///< that `open` gives, where they are known
};

/// A file, or standard input for "-", which cannot be read again, as little as a pipe.
Input file_input(const std::string& path);
/// Throws Error(invalid_argument) for a file that is named twice: its rows would count twice.
std::vector<Input> file_inputs(std::span<const std::string> paths);

/// "a.csv", "a.csv and 2 more". `inputs` are not empty.
std::string input_name(std::span<const Input> inputs);

/// Of all inputs together; 0 when one of them does not know.
std::uint64_t total_bytes(std::span<const Input> inputs);

}  // namespace mlserve::data
