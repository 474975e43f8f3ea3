#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <sys/types.h>

#include "core/line_file.hpp"

namespace mlserve {

struct Rotation {
  std::uint64_t max_bytes = std::uint64_t{100}
                            << 20;  ///< the file is moved away before it has more
  unsigned keep = 5;  ///< how many of those that were moved away stay: FILE.1, the last, to FILE.5
};

/// A file of lines that makes room by itself. Several processes may write to one. `write` by one
/// thread at a time, `reopen` by any.
class RotatingFile {
 public:
  /// Throws as LineFile.
  RotatingFile(const std::string& path, mode_t mode, Rotation rotation);

  /// Adds whole lines. Throws Error(internal) when they are not all there, Error as `reopen` when
  /// the file could not be moved away and replaced: nothing is written then.
  void write(std::string_view lines);

  /// Goes on in the file that the path names now. Throws as LineFile::reopen.
  void reopen() { file_.reopen(); }

 private:
  void make_room(std::size_t bytes);
  void move_away() const;

  const std::string path_;
  const Rotation rotation_;
  LineFile file_;
};

}  // namespace mlserve
