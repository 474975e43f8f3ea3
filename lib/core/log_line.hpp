#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace mlserve {

enum class LogLevel { debug, info, warning, error, off };
enum class LogFormat { text, json };

std::optional<LogLevel> parse_log_level(std::string_view name);
std::optional<LogFormat> parse_log_format(std::string_view name);

/// One thing that a line says beside its message, to be looked at during the call only.
struct LogField {
  enum class Kind { text, number };

  std::string_view key;
  std::string_view value;
  Kind kind = Kind::text;  ///< a number stands in JSON as it is given
};

/// A line of a log, with its line break: `mlserve: warning: message key=value …` (no prefix for
/// info), or a JSON object of `time` (RFC 3339, UTC: now), `level`, `message` and the fields, which
/// should have other names. Whatever bytes are given, a line stays one line, and JSON stays UTF-8.
std::string log_line(LogFormat format, LogLevel level, std::string_view message,
                     std::span<const LogField> fields = {});

}  // namespace mlserve
