#include "server/access_log.hpp"

#include <array>
#include <charconv>
#include <chrono>
#include <span>
#include <string>
#include <string_view>

#include "core/timestamp.hpp"
#include "server/trace_parent.hpp"

namespace mlserve::server {
namespace {

/// So that a client who only makes errors does not fill a disk that nobody sized for it.
constexpr std::uint32_t kMaxErrorsASecond = 100;

bool is_error(const RequestReport& report) { return report.status >= 400 || !report.whole; }

/// The fields of a line, without any memory of their own but for numbers.
class Fields {
 public:
  /// `value` outlives the fields; an empty one is left out.
  void add(std::string_view key, std::string_view value) {
    if (!value.empty()) add({key, value, LogField::Kind::text});
  }

  void add(std::string_view key, std::uint64_t value) {
    add_number(key,
               [value](char* begin, char* end) { return std::to_chars(begin, end, value).ptr; });
  }

  void add(std::string_view key, std::chrono::nanoseconds value) {
    const double milliseconds = std::chrono::duration<double, std::milli>(value).count();
    add_number(key, [milliseconds](char* begin, char* end) {
      return std::to_chars(begin, end, milliseconds, std::chars_format::fixed, 3).ptr;
    });
  }

  std::span<const LogField> all() const { return std::span(fields_).first(count_); }

 private:
  static constexpr std::size_t kMost = 16;

  template <class Print>
  void add_number(std::string_view key, Print print) {
    auto& digits = digits_[count_];
    const char* end = print(digits.data(), digits.data() + digits.size());
    add({key, {digits.data(), end}, LogField::Kind::number});
  }
  void add(LogField field) { fields_[count_++] = field; }

  std::array<LogField, kMost> fields_{};
  std::array<std::array<char, 32>, kMost> digits_;
  std::size_t count_ = 0;
};

}  // namespace

AccessLog::AccessLog(AccessLogOptions options, Log& log)
    : lines_(log.shows(LogLevel::info) ? options.lines : AccessLines::off),
      sample_(options.sample),
      log_(log) {}

void AccessLog::observe(const RequestReport& report) {
  if (!wants(report)) return;
  const RequestSummary& request = report.request;
  // JSON lines have their time anyway.
  const std::string time = log_.format() == LogFormat::text
                               ? timestamp(std::chrono::system_clock::now())
                               : std::string();
  Fields fields;
  fields.add("time", time);
  fields.add("method", request.method);
  fields.add("path", request.path);
  if (request.route != nullptr) fields.add("route", request.route->pattern);
  fields.add("status", static_cast<std::uint64_t>(report.status));
  fields.add("duration_ms", report.duration);
  fields.add("bytes_in", report.body_bytes);
  fields.add("bytes_out", report.sent_bytes);
  fields.add("remote", request.remote_address);
  fields.add("request_id", request.request_id);
  fields.add("trace_id", trace_id(request.trace_parent));
  fields.add("client", request.client);
  fields.add("model", report.subject.model);
  fields.add("version", report.subject.version);
  if (!report.subject.model.empty()) fields.add("rows", report.subject.rows);
  if (!report.whole) fields.add("whole", "false");
  log_.bulk("access", fields.all());
}

bool AccessLog::wants(const RequestReport& report) {
  switch (lines_) {
    case AccessLines::off:
      return false;
    case AccessLines::errors:
      return is_error(report) && has_room_for_error();
    case AccessLines::all:
      return is_error(report) || sample_.takes(report.request.request_id);
  }
  return false;
}

/// Threads that meet at the turn of a second may let a few lines more through.
bool AccessLog::has_room_for_error() noexcept {
  const auto now = std::chrono::steady_clock::now().time_since_epoch();
  const std::int64_t second = std::chrono::floor<std::chrono::seconds>(now).count();
  if (second_.exchange(second, std::memory_order_relaxed) != second) errors_in_it_ = 0;
  if (errors_in_it_.fetch_add(1, std::memory_order_relaxed) < kMaxErrorsASecond) return true;
  log_.leave_out();
  return false;
}

}  // namespace mlserve::server
