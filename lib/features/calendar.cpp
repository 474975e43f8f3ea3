#include "features/calendar.hpp"

#include <algorithm>
#include <charconv>
#include <chrono>
#include <cmath>
#include <cstdint>
#include <cstdio>

#include "core/number.hpp"
#include "core/text.hpp"

namespace mlserve::features {
namespace {

using std::chrono::day;
using std::chrono::month;
using std::chrono::sys_days;
using std::chrono::year;
using std::chrono::year_month_day;

constexpr std::int64_t kSecondsOfMinute = 60;
constexpr std::int64_t kSecondsOfHour = 3600;

/// Reads a text from its front. A read that fails changes nothing.
class Cursor {
 public:
  explicit Cursor(std::string_view rest) : rest_(rest) {}

  bool at_end() const { return rest_.empty(); }

  bool take(char c) {
    if (!rest_.starts_with(c)) return false;
    rest_.remove_prefix(1);
    return true;
  }

  /// A number of exactly `digits` digits that is at most `most`.
  std::optional<int> number(std::size_t digits, int most) {
    if (rest_.size() < digits) return std::nullopt;
    int value = 0;
    for (const char c : rest_.substr(0, digits)) {
      if (!is_digit(c)) return std::nullopt;
      value = 10 * value + (c - '0');
    }
    if (value > most) return std::nullopt;
    rest_.remove_prefix(digits);
    return value;
  }

  /// A fraction with its point, ".25"; at least one digit.
  std::optional<double> fraction() {
    if (rest_.size() < 2 || rest_[0] != '.' || !is_digit(rest_[1])) return std::nullopt;
    const auto end = std::find_if_not(rest_.begin() + 1, rest_.end(), is_digit);
    double value = 0;
    // A fraction too small for a double leaves 0.
    std::from_chars(rest_.data(), rest_.data() + (end - rest_.begin()), value,
                    std::chars_format::fixed);
    rest_.remove_prefix(static_cast<std::size_t>(end - rest_.begin()));
    return value;
  }

 private:
  std::string_view rest_;
};

/// Seconds from 1970 to the midnight with which "YYYY-MM-DD" begins.
std::optional<std::int64_t> take_day(Cursor& text) {
  const auto y = text.number(4, 9999);
  if (!y || *y == 0 || !text.take('-')) return std::nullopt;
  const auto m = text.number(2, 12);
  if (!m || !text.take('-')) return std::nullopt;
  const auto d = text.number(2, 31);
  if (!d) return std::nullopt;
  const year_month_day date{year{*y}, month{static_cast<unsigned>(*m)},
                            day{static_cast<unsigned>(*d)}};
  if (!date.ok()) return std::nullopt;
  return sys_days{date}.time_since_epoch() / std::chrono::seconds{1};
}

struct Time {
  std::int64_t seconds = 0;
  double fraction = 0;
};

/// "hh:mm", "hh:mm:ss" or "hh:mm:ss.f".
std::optional<Time> take_time(Cursor& text) {
  const auto hour = text.number(2, 23);
  if (!hour || !text.take(':')) return std::nullopt;
  const auto minute = text.number(2, 59);
  if (!minute) return std::nullopt;
  Time time{*hour * kSecondsOfHour + *minute * kSecondsOfMinute};
  if (!text.take(':')) return time;
  const auto second = text.number(2, 59);
  if (!second) return std::nullopt;
  time.seconds += *second;
  time.fraction = text.fraction().value_or(0);
  return time;
}

/// Seconds by which a clock is ahead of UTC: nothing or "Z" is 0, else "±hh", "±hhmm", "±hh:mm".
std::optional<std::int64_t> take_offset(Cursor& text) {
  if (text.at_end() || text.take('Z')) return 0;
  const bool is_behind = text.take('-');
  if (!is_behind && !text.take('+')) return std::nullopt;
  const auto hours = text.number(2, 23);
  if (!hours) return std::nullopt;
  const bool has_minutes = !text.at_end();
  text.take(':');
  const auto minutes = has_minutes ? text.number(2, 59) : 0;
  if (!minutes) return std::nullopt;
  const std::int64_t offset = *hours * kSecondsOfHour + *minutes * kSecondsOfMinute;
  return is_behind ? -offset : offset;
}

/// A moment taken apart: its day, and the whole seconds of that day.
struct Moment {
  sys_days day;
  std::int64_t second;
};

Moment moment_of(double seconds) {
  const std::chrono::sys_seconds whole{
      std::chrono::seconds{static_cast<std::int64_t>(std::floor(seconds))}};
  const auto midnight = std::chrono::floor<std::chrono::days>(whole);
  return {midnight, (whole - midnight).count()};
}

/// The fewest digits after the point that make `whole` plus them exactly `seconds`: ".5"; "" for 0.
std::string fraction_text(double seconds, double whole) {
  constexpr int kMostDigits = 17;
  if (seconds == whole) return {};
  std::array<char, 32> text;
  for (int digits = 1; digits < kMostDigits; ++digits) {
    const auto end = std::to_chars(text.data(), text.data() + text.size(), seconds - whole,
                                   std::chars_format::fixed, digits)
                         .ptr;
    const std::string_view rounded(text.data(), static_cast<std::size_t>(end - text.data()));
    double back = 0;
    std::from_chars(text.data(), end, back);
    if (back < 1 && whole + back == seconds) return std::string(rounded.substr(1));
  }
  return {};
}

}  // namespace

std::optional<double> parse_date(std::string_view text) noexcept {
  constexpr double kFirst = -62135596800;  // 0001-01-01T00:00:00Z
  constexpr double kEnd = 253402300800;    // of the year 9999
  Cursor cursor(text);
  const auto midnight = take_day(cursor);
  if (!midnight || cursor.at_end()) return midnight;
  if (!cursor.take('T') && !cursor.take(' ')) return std::nullopt;
  const auto time = take_time(cursor);
  if (!time) return std::nullopt;
  const auto offset = take_offset(cursor);
  if (!offset || !cursor.at_end()) return std::nullopt;
  const std::int64_t whole = *midnight + time->seconds - *offset;
  const double seconds = static_cast<double>(whole) + time->fraction;
  if (seconds < kFirst || seconds >= kEnd) return std::nullopt;
  return seconds;
}

std::string format_date(double seconds) {
  const auto [midnight, second] = moment_of(seconds);
  const year_month_day date{midnight};
  std::array<char, 64> text;
  auto length =
      std::snprintf(text.data(), text.size(), "%04d-%02u-%02u", static_cast<int>(date.year()),
                    static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()));
  std::string out(text.data(), static_cast<std::size_t>(length));
  const double whole = std::floor(seconds);
  if (second == 0 && seconds == whole) return out;
  const auto of_day = static_cast<int>(second);
  length = std::snprintf(text.data(), text.size(), "T%02d:%02d:%02d", of_day / 3600,
                         of_day / 60 % 60, of_day % 60);
  out.append(text.data(), static_cast<std::size_t>(length));
  return out + fraction_text(seconds, whole);
}

std::string_view name_of(DatePart part) noexcept {
  switch (part) {
    case DatePart::year:
      return "year";
    case DatePart::month:
      return "month";
    case DatePart::day:
      return "day";
    case DatePart::day_of_week:
      return "day_of_week";
    case DatePart::day_of_year:
      return "day_of_year";
    case DatePart::hour:
      return "hour";
    case DatePart::minute:
      return "minute";
    case DatePart::second:
      return "second";
  }
  return {};
}

double date_part(double seconds, DatePart part) noexcept {
  if (std::isnan(seconds)) return seconds;
  const auto [midnight, second] = moment_of(seconds);
  const year_month_day date{midnight};
  switch (part) {
    case DatePart::year:
      return static_cast<int>(date.year());
    case DatePart::month:
      return static_cast<unsigned>(date.month());
    case DatePart::day:
      return static_cast<unsigned>(date.day());
    case DatePart::day_of_week:
      return std::chrono::weekday{midnight}.iso_encoding();
    case DatePart::day_of_year:
      return static_cast<double>((midnight - sys_days{date.year() / 1 / 1}).count() + 1);
    case DatePart::hour:
      return static_cast<double>(second / kSecondsOfHour);
    case DatePart::minute:
      return static_cast<double>(second / kSecondsOfMinute % 60);
    case DatePart::second:
      return static_cast<double>(second % kSecondsOfMinute);
  }
  return kNaN;
}

}  // namespace mlserve::features
