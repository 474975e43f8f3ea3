#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "core/descriptor.hpp"

namespace mlserve {

/// What a file is for: a program may be run by all who may read it.
enum class FileUse { data, program };

/// A file that appears whole or not at all: written beside its place under a temporary name, then
/// fsync, rename, fsync of the folder. What stood there before stays until `commit`; without
/// `commit` the destructor removes the temporary file and nothing has changed.
///
/// A path that exists and is no regular file (a pipe, a terminal, /dev/null) is written to
/// directly, as are /dev/stdout and /dev/stderr, whatever they lead to; any other symbolic link is
/// followed. The permissions of a replaced file are kept and, as far as allowed, its owner.
/// Not for use by several threads at once.
class AtomicFile {
 public:
  /// Throws Error(not_found) if the folder is not there, Error(internal) if it cannot be written,
  /// Error(invalid_argument) for a directory.
  explicit AtomicFile(std::string path, FileUse use = FileUse::data);
  ~AtomicFile();

  AtomicFile(const AtomicFile&) = delete;
  AtomicFile& operator=(const AtomicFile&) = delete;

  /// Goes to the system at once: hand over large pieces.
  /// Throws Error(internal) naming the file and the reason (disk full, closed pipe).
  void write(std::string_view bytes);
  /// Call once, after the last `write`. Throws as `write` does.
  void commit();

 private:
  void open_temporary(FileUse use);

  std::string path_;       ///< where it will stand
  std::string temporary_;  ///< empty when written directly, and after `commit`
  Descriptor descriptor_;
};

/// One `write` and `commit`.
void write_file(const std::string& path, std::string_view bytes, FileUse use = FileUse::data);

/// The bytes of a file. Throws Error(not_found), Error(corrupt) for a directory, for what cannot be
/// read, and above `max_bytes`.
std::string read_file(const std::string& path, std::size_t max_bytes);

}  // namespace mlserve
