#pragma once

#include <array>
#include <optional>
#include <string>
#include <string_view>

namespace mlserve::features {

/// Seconds since 1970-01-01T00:00:00Z, without leap seconds, of a date in ISO 8601's extended form:
/// "2024-02-29", "2024-02-29T23:59", "2024-02-29 23:59:59.5", each time of day with or without an
/// offset from UTC ("Z", "+02", "+0200", "-02:00"). A time with an offset is turned into UTC, one
/// without is taken as it stands. Proleptic Gregorian calendar, years 0001 to 9999.
///
/// None for everything else: a day that the month does not have, 24:00, second 60, "20240229"
/// (which is an integer), blanks around. Exact to a microsecond for the years about now.
std::optional<double> parse_date(std::string_view text) noexcept;

/// The shortest text that parse_date reads back as exactly `seconds`, which it gave: the date
/// alone for midnight ("2024-02-29"), "2024-02-29T23:59:00", "2024-02-29T23:59:59.5".
std::string format_date(double seconds);

/// What a date feature is for a model.
enum class DatePart {
  year,
  month,        ///< 1 to 12
  day,          ///< of the month, from 1
  day_of_week,  ///< Monday 1 to Sunday 7, as ISO 8601 counts
  day_of_year,  ///< 1 to 366
  hour,
  minute,
  second  ///< whole seconds
};

inline constexpr std::array kDateParts = {
    DatePart::year,        DatePart::month, DatePart::day,    DatePart::day_of_week,
    DatePart::day_of_year, DatePart::hour,  DatePart::minute, DatePart::second};

/// "year", "day_of_week".
std::string_view name_of(DatePart part) noexcept;

/// One part of a date that parse_date gave, in UTC; NaN (missing) of NaN.
double date_part(double seconds, DatePart part) noexcept;

}  // namespace mlserve::features
