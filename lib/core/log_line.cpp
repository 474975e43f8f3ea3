#include "core/log_line.hpp"

#include <algorithm>
#include <array>
#include <chrono>

#include "core/text.hpp"
#include "core/timestamp.hpp"

namespace mlserve {
namespace {

constexpr std::array<std::string_view, 5> kLevelNames = {"debug", "info", "warning", "error",
                                                         "off"};

std::string_view name_of(LogLevel level) { return kLevelNames[static_cast<std::size_t>(level)]; }

bool is_plain(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) { return c >= ' ' && c < '\x7F'; });
}

/// `text` on one line, whole.
void append_one_line(std::string& out, std::string_view text) {
  if (is_plain(text)) {
    out += text;
  } else {
    out += shown(text, std::string_view::npos);
  }
}

/// What comes from clients need not be UTF-8, and one bad byte makes a JSON line unreadable.
void append_json_text(std::string& out, std::string_view text) {
  if (find_invalid_utf8(text) == std::string_view::npos) {
    append_json_string(out, text);
  } else {
    append_json_string(out, shown(text, std::string_view::npos));
  }
}

/// As it is where it can be told from its surroundings, else as a JSON string.
void append_value(std::string& out, std::string_view value) {
  if (value.empty() || value.find_first_of(" \"=") != std::string_view::npos) {
    std::string one_line;
    append_one_line(one_line, value);
    append_json_string(out, one_line);
  } else {
    append_one_line(out, value);
  }
}

std::string text_line(LogLevel level, std::string_view message, std::span<const LogField> fields) {
  std::string line;
  if (level != LogLevel::info) line.append("mlserve: ").append(name_of(level)).append(": ");
  append_one_line(line, message);
  for (const LogField& field : fields) {
    line.append(" ").append(field.key).append("=");
    append_value(line, field.value);
  }
  line += '\n';
  return line;
}

std::string json_line(LogLevel level, std::string_view message, std::span<const LogField> fields) {
  std::string line =
      "{\"time\":\"" + timestamp(std::chrono::system_clock::now()) + "\",\"level\":\"";
  line.append(name_of(level)).append("\",\"message\":");
  append_json_text(line, message);
  for (const LogField& field : fields) {
    line += ',';
    append_json_text(line, field.key);
    line += ':';
    if (field.kind == LogField::Kind::number) {
      line += field.value;
    } else {
      append_json_text(line, field.value);
    }
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

std::string log_line(LogFormat format, LogLevel level, std::string_view message,
                     std::span<const LogField> fields) {
  return format == LogFormat::json ? json_line(level, message, fields)
                                   : text_line(level, message, fields);
}

}  // namespace mlserve
