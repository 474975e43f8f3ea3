#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <sys/types.h>

namespace mlserve {

/// Where lines are added at the end: a stream such as stderr, or a file that other programs may
/// move away (logrotate) or write to as well. `write` by one thread at a time, the rest by any.
class LineFile {
 public:
  /// `stream` outlives the line file. What it has buffered itself comes at another time.
  explicit LineFile(std::FILE* stream);
  /// Opens `path`, or makes it with the permissions `mode` less the umask. Throws
  /// Error(not_found) if its folder is not there, Error(internal) if it cannot be opened.
  LineFile(std::string path, mode_t mode);
  ~LineFile();

  LineFile(const LineFile&) = delete;
  LineFile& operator=(const LineFile&) = delete;

  /// Adds whole lines, to a regular file all at once. Waits while a pipe, a socket or a terminal is
  /// full. False with errno when they are not all there: a full disk, a reader that is gone, the
  /// end of the waiting. What stands there of a line is then ended before the next one.
  bool write(std::string_view lines);

  /// `write` waits no longer than until `end`; also one that waits already.
  void wait_until(std::chrono::steady_clock::time_point end) noexcept;

  /// Goes on in the file that `path` names now. Throws as the constructor and leaves all as it is.
  /// Of a stream, which stays what it is, false.
  bool reopen();

  /// Of the file, now; 0 of a stream.
  std::uint64_t bytes() const;
  /// Whether `path` still names the file that is written to.
  bool is_in_place() const;

 private:
  struct Target;

  std::shared_ptr<Target> target() const;
  bool wait_for_room(int descriptor) const;

  const std::string path_;
  const mode_t mode_ = 0;
  std::atomic<std::chrono::steady_clock::time_point> end_;  ///< of the waiting
  mutable std::mutex mutex_;                                ///< guards target_
  std::shared_ptr<Target> target_;
};

}  // namespace mlserve
