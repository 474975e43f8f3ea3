#include "core/log.hpp"

#include <array>
#include <chrono>

#include "core/text.hpp"
#include "core/timestamp.hpp"

namespace mlserve {
namespace {

constexpr std::array<std::string_view, 5> kLevelNames = {"debug", "info", "warning", "error",
                                                         "off"};

std::string_view name_of(LogLevel level) { return kLevelNames[static_cast<std::size_t>(level)]; }

/// `text` on one line, whole.
std::string one_line(std::string_view text) { return shown(text, std::string_view::npos); }

/// What comes from clients need not be UTF-8, and one bad byte makes a JSON line unreadable.
void append_json_text(std::string& out, std::string_view text) {
  if (find_invalid_utf8(text) == std::string_view::npos) {
    append_json_string(out, text);
  } else {
    append_json_string(out, one_line(text));
  }
}

/// As it is where it can be told from its surroundings, else as a JSON string.
void append_value(std::string& out, std::string_view value) {
  if (value.empty() || value.find_first_of(" \"=") != std::string_view::npos) {
    append_json_string(out, value);
  } else {
    out += value;
  }
}

std::string text_line(LogLevel level, std::string_view message, Log::Fields fields) {
  std::string line;
  if (level != LogLevel::info) line.append("mlserve: ").append(name_of(level)).append(": ");
  line += one_line(message);
  for (const auto& [key, value] : fields) {
    line.append(" ").append(key).append("=");
    append_value(line, one_line(value));
  }
  line += '\n';
  return line;
}

std::string json_line(LogLevel level, std::string_view message, Log::Fields fields) {
  std::string line =
      "{\"time\":\"" + timestamp(std::chrono::system_clock::now()) + "\",\"level\":\"";
  line.append(name_of(level)).append("\",\"message\":");
  append_json_text(line, message);
  for (const auto& [key, value] : fields) {
    line += ',';
    append_json_text(line, key);
    line += ':';
    append_json_text(line, value);
  }
  line += "}\n";
  return line;
}

}  // namespace

std::optional<LogLevel> parse_log_level(std::string_view name) {
  for (std::size_t i = 0; i < kLevelNames.size(); ++i) {
    if (kLevelNames[i] == name) return static_cast<LogLevel>(i);
  }
  return std::nullopt;
}

std::optional<LogFormat> parse_log_format(std::string_view name) {
  if (name == "text") return LogFormat::text;
  if (name == "json") return LogFormat::json;
  return std::nullopt;
}

void Log::write(LogLevel level, std::string_view message, Fields fields) {
  if (level < least_) return;
  const std::string line = format_ == LogFormat::json ? json_line(level, message, fields)
                                                      : text_line(level, message, fields);
  // One call and a flush for each line: processes that share the stream do not mix their lines,
  // and the last line before a crash is there.
  const std::lock_guard lock(mutex_);
  std::fwrite(line.data(), 1, line.size(), stream_);
  std::fflush(stream_);
}

}  // namespace mlserve
