#pragma once

#include <cstdio>
#include <initializer_list>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace mlserve {

enum class LogLevel { debug, info, warning, error, off };
enum class LogFormat { text, json };

std::optional<LogLevel> parse_log_level(std::string_view name);
std::optional<LogFormat> parse_log_format(std::string_view name);

/// Messages for people and log collectors, one line each, to a stream that outlives the log.
///
/// Text lines are `mlserve: warning: message key=value …` (no prefix for info); JSON lines have
/// `time` (RFC 3339, UTC), `level`, `message` and the given fields, which should have other names.
/// Whatever bytes are given, a line stays one line. All calls may run on several threads at once.
class Log {
 public:
  using Fields = std::initializer_list<std::pair<std::string_view, std::string>>;

  Log(std::FILE* stream, LogLevel least, LogFormat format)
      : stream_(stream), least_(least), format_(format) {}

  void debug(std::string_view message, Fields fields = {}) {
    write(LogLevel::debug, message, fields);
  }
  void info(std::string_view message, Fields fields = {}) {
    write(LogLevel::info, message, fields);
  }
  void warning(std::string_view message, Fields fields = {}) {
    write(LogLevel::warning, message, fields);
  }
  void error(std::string_view message, Fields fields = {}) {
    write(LogLevel::error, message, fields);
  }

 private:
  void write(LogLevel level, std::string_view message, Fields fields);

  std::FILE* stream_;
  LogLevel least_;
  LogFormat format_;
  std::mutex mutex_;
};

}  // namespace mlserve
