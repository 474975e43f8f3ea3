#include "server/trace_parent.hpp"

#include <cstddef>

namespace mlserve::server {
namespace {

// Where the fields of `version-trace-parent-flags` stand.
constexpr std::size_t kVersionDigits = 2;
constexpr std::size_t kTraceAt = 3;
constexpr std::size_t kTraceDigits = 32;
constexpr std::size_t kParentAt = 36;
constexpr std::size_t kParentDigits = 16;
constexpr std::size_t kFlagsAt = 53;
constexpr std::size_t kFlagsDigits = 2;
constexpr std::size_t kSize = 55;

bool is_hex(std::string_view digits) {
  return digits.find_first_not_of("0123456789abcdef") == std::string_view::npos;
}

/// All zeros stand for "no id".
bool is_id(std::string_view digits) {
  return is_hex(digits) && digits.find_first_not_of('0') != std::string_view::npos;
}

}  // namespace

bool is_trace_parent(std::string_view sent) {
  if (sent.size() < kSize) return false;
  const std::string_view version = sent.substr(0, kVersionDigits);
  if (!is_hex(version) || version == "ff") return false;
  if (sent.size() > kSize && (version == "00" || sent[kSize] != '-')) return false;
  return sent[kTraceAt - 1] == '-' && is_id(sent.substr(kTraceAt, kTraceDigits)) &&
         sent[kParentAt - 1] == '-' && is_id(sent.substr(kParentAt, kParentDigits)) &&
         sent[kFlagsAt - 1] == '-' && is_hex(sent.substr(kFlagsAt, kFlagsDigits));
}

std::string_view trace_id(std::string_view trace_parent) {
  return trace_parent.empty() ? trace_parent : trace_parent.substr(kTraceAt, kTraceDigits);
}

}  // namespace mlserve::server
