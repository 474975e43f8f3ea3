#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <initializer_list>
#include <memory>
#include <span>
#include <string>
#include <string_view>

#include "core/log_line.hpp"

namespace mlserve {

/// How lines are written by a thread of their own.
struct WriteBehind {
  std::size_t lines = 2048;             ///< that may wait
  std::chrono::milliseconds end{2000};  ///< how long those that wait at the end may take
};

/// Messages for people and log collectors, one line each, as `log_line` writes them. All calls may
/// run on several threads at once, but for the constructors, `write_behind` and the destructor.
class Log {
 public:
  using Fields = std::initializer_list<LogField>;

  /// `stream` outlives the log.
  Log(std::FILE* stream, LogLevel least, LogFormat format);
  /// To a file, at its end. Throws as LineFile.
  Log(const std::string& path, LogLevel least, LogFormat format);
  /// Waits for the lines that are not written yet, but not for ever.
  ~Log();

  Log(const Log&) = delete;
  Log& operator=(const Log&) = delete;

  void debug(std::string_view message, Fields fields = {}) {
    write(LogLevel::debug, message, {fields.begin(), fields.size()});
  }
  void info(std::string_view message, Fields fields = {}) {
    write(LogLevel::info, message, {fields.begin(), fields.size()});
  }
  void warning(std::string_view message, Fields fields = {}) {
    write(LogLevel::warning, message, {fields.begin(), fields.size()});
  }
  void error(std::string_view message, Fields fields = {}) {
    write(LogLevel::error, message, {fields.begin(), fields.size()});
  }

  /// Whether lines of that level are written: for those who would make one at some cost.
  bool shows(LogLevel level) const;

  LogFormat format() const noexcept;

  /// One of thousands of lines a second, of level info: left out where it would push out others.
  void bulk(std::string_view message, std::span<const LogField> fields);

  /// Counts a line that its maker left out by himself.
  void leave_out() noexcept;

  /// From now on nobody who logs waits for the lines to be taken: a thread writes them. When they
  /// are not taken in time, the oldest are left out, and a line says how many. Call once, before
  /// other threads log; the thread takes no signals.
  void write_behind(WriteBehind options = {});

  /// Goes on in the file that the path names now, after it was moved away, and says so there, or
  /// says why it cannot.
  void reopen();

  /// Lines that were left out so far.
  std::uint64_t left_out() const;

 private:
  class Impl;

  void write(LogLevel level, std::string_view message, std::span<const LogField> fields);

  std::unique_ptr<Impl> impl_;
};

}  // namespace mlserve
