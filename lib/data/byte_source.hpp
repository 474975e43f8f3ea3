#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>

namespace mlserve::data {

/// Bytes in order from somewhere. One thread at a time.
class ByteSource {
 public:
  virtual ~ByteSource() = default;

  /// Puts up to `size` next bytes into `buffer` and returns how many; fewer than asked means
  /// nothing, 0 means the end. Throws Error(corrupt) when reading fails.
  virtual std::size_t read(char* buffer, std::size_t size) = 0;
};

/// Opens a file, or standard input for "-". What begins with gzip's magic bytes is unpacked.
/// Throws Error(not_found) or Error(corrupt) naming the path; a directory is corrupt.
std::unique_ptr<ByteSource> open_source(const std::string& path);

/// `bytes` must outlive the source.
std::unique_ptr<ByteSource> memory_source(std::string_view bytes);

/// `beginning`, then what is left of `rest`: for bytes that were read to look at them.
std::unique_ptr<ByteSource> put_back(std::string beginning, std::unique_ptr<ByteSource> rest);

/// Reads until `size` bytes are there or the source ends; returns how many there are.
std::size_t read_fully(ByteSource& source, char* buffer, std::size_t size);

/// How messages call `path`: "standard input" for "-".
std::string source_name(const std::string& path);

}  // namespace mlserve::data
