#include "server/media_type.hpp"

#include <algorithm>
#include <array>
#include <string>
#include <utility>
#include <vector>

#include "core/number.hpp"
#include "core/text.hpp"

namespace mlserve::server {
namespace {

using pipeline::FileFormat;

constexpr std::array<std::pair<std::string_view, FileFormat>, 7> kTypes = {{
    {"application/json", FileFormat::json},
    {"text/json", FileFormat::json},
    {"application/x-ndjson", FileFormat::jsonl},
    {"application/ndjson", FileFormat::jsonl},
    {"application/jsonl", FileFormat::jsonl},
    {"application/x-jsonlines", FileFormat::jsonl},
    {"text/csv", FileFormat::csv},
}};

std::string_view trimmed(std::string_view text) {
  const std::size_t begin = text.find_first_not_of(" \t");
  if (begin == std::string_view::npos) return {};
  return text.substr(begin, text.find_last_not_of(" \t") - begin + 1);
}

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

/// Ranges of an Accept header that cover JSON, the least specific first.
constexpr std::array<std::string_view, 3> kJsonRanges = {"*/*", "application/*",
                                                         "application/json"};

/// The weight "q=0.5" among the parameters of a range; 1 without one.
double quality(const std::vector<std::string>& parts) {
  for (const std::string& part : parts) {
    if (part.starts_with("q=")) return parse_double(part.substr(2)).value_or(1);
  }
  return 1;
}

}  // namespace

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

bool accepts_json(std::string_view accept) {
  if (accept.empty() || accept == "*/*" || accept == "application/json") return true;
  // The most specific range that covers JSON decides (RFC 9110, 12.5.1).
  std::size_t specificity = 0;
  bool wanted = false;
  for (const std::string& range : parts_of(accept, ',')) {
    const std::vector<std::string> parts = parts_of(range, ';');
    const auto* const known = std::find(kJsonRanges.begin(), kJsonRanges.end(), parts[0]);
    const auto rank = static_cast<std::size_t>(known - kJsonRanges.begin()) + 1;
    if (known == kJsonRanges.end() || rank < specificity) continue;
    specificity = rank;
    wanted = quality(parts) > 0;
  }
  return wanted;
}

}  // namespace mlserve::server
