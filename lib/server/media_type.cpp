#include "server/media_type.hpp"

#include <algorithm>
#include <array>
#include <string>
#include <utility>
#include <vector>

#include "core/text.hpp"
#include "server/header_text.hpp"

namespace mlserve::server {
namespace {

using pipeline::FileFormat;

/// The first of a format is the one we write.
constexpr std::array<std::pair<std::string_view, FileFormat>, 7> kTypes = {{
    {"application/json", FileFormat::json},
    {"text/json", FileFormat::json},
    {"application/x-ndjson", FileFormat::jsonl},
    {"application/ndjson", FileFormat::jsonl},
    {"application/jsonl", FileFormat::jsonl},
    {"application/x-jsonlines", FileFormat::jsonl},
    {"text/csv", FileFormat::csv},
}};

/// "a; b=c" -> {"a", "b=c"}, in lower case.
std::vector<std::string> parts_of(std::string_view text, char separator) {
  std::vector<std::string> parts;
  for (;;) {
    const std::size_t end = text.find(separator);
    parts.push_back(ascii_lower(trimmed(text.substr(0, end))));
    if (end == std::string_view::npos) return parts;
    text.remove_prefix(end + 1);
  }
}

/// How a range of an Accept header names what it means: other names of a format are its first.
std::string_view canonical(std::string_view range) {
  for (const auto& [type, format] : kTypes) {
    if (type == range) return media_type_of(format);
  }
  return range;
}

/// 3 for the type itself, 2 for "text/*", 1 for "*/*", 0 for what does not cover it.
int specificity(std::string_view range, std::string_view type) {
  if (canonical(range) == type) return 3;
  if (range == "*/*") return 1;
  return range.ends_with("/*") && type.starts_with(range.substr(0, range.size() - 1)) ? 2 : 0;
}

}  // namespace

std::string_view media_type_of(FileFormat format) {
  return std::ranges::find(kTypes, format, &std::pair<std::string_view, FileFormat>::second)->first;
}

std::optional<FileFormat> body_format(std::string_view content_type) {
  // The type that nearly every client sends word for word needs no parsing.
  if (content_type.empty() || content_type == "application/json") return FileFormat::json;
  const std::vector<std::string> parts = parts_of(content_type, ';');
  for (std::size_t i = 1; i < parts.size(); ++i) {
    const bool charset = parts[i].starts_with("charset=");
    const bool utf8 = parts[i] == "charset=utf-8" || parts[i] == "charset=\"utf-8\"";
    if (charset && !utf8) return std::nullopt;
  }
  for (const auto& [type, format] : kTypes) {
    if (type == parts[0]) return format;
  }
  if (parts[0].ends_with("+json")) return FileFormat::json;
  return std::nullopt;
}

double accepted_quality(std::string_view accept, std::string_view type) {
  int best = 0;
  double found = 0;
  for (const std::string& range : parts_of(accept, ',')) {
    std::string_view parameters = range;
    const int rank = specificity(trimmed(cut(parameters, ";")), type);
    if (rank == 0 || rank < best) continue;
    best = rank;
    found = quality(parameters);
  }
  return found;
}

bool has_other_parameters(std::string_view content_type) {
  const std::vector<std::string> parts = parts_of(content_type, ';');
  return std::any_of(parts.begin() + 1, parts.end(), [](const std::string& parameter) {
    return !parameter.empty() && !parameter.starts_with("charset=");
  });
}

bool accepts_json(std::string_view accept) {
  if (accept.empty() || accept == "*/*" || accept == "application/json") return true;
  return accepted_quality(accept, media_type_of(FileFormat::json)) > 0;
}

std::optional<FileFormat> accepted_format(std::string_view accept) {
  if (accept.empty()) return FileFormat::json;
  std::optional<FileFormat> best;
  double best_quality = 0;
  for (const FileFormat format : {FileFormat::json, FileFormat::jsonl, FileFormat::csv}) {
    const double found = accepted_quality(accept, media_type_of(format));
    if (found <= best_quality) continue;
    best = format;
    best_quality = found;
  }
  return best;
}

}  // namespace mlserve::server
