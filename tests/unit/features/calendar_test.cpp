#include "features/calendar.hpp"

#include <cmath>
#include <string>

#include "support/catch_shim.hpp"

#include "support/reference.hpp"

using mlserve::features::date_part;
using mlserve::features::DatePart;
using mlserve::features::format_date;
using mlserve::features::kDateParts;
using mlserve::features::name_of;
using mlserve::features::parse_date;
using mlserve::testing::read_reference;

TEST_CASE("Dates and their parts are those of Python and pandas", "[features]") {
  const nlohmann::json reference = read_reference("text.json");
  for (const auto& entry : reference.at("dates")) {
    const std::string text = entry.at("text");
    CAPTURE(text);
    const auto seconds = parse_date(text);
    REQUIRE(seconds);
    CHECK(*seconds == entry.at("seconds").get<double>());
    for (const DatePart part : kDateParts) {
      const std::string name(name_of(part));
      CAPTURE(name);
      CHECK(date_part(*seconds, part) == entry.at(name).get<double>());
    }
  }
}

TEST_CASE("A date is written as the shortest text that reads back", "[features]") {
  for (const std::string text :
       {"1970-01-01", "0001-01-01", "2024-02-29T23:59:00", "1969-12-31T23:59:59.5",
        "2024-02-29T00:00:00.000001", "1999-12-31T23:59:59.999", "9999-12-31T23:59:59",
        "1970-01-01T00:00:00.1234567890123"}) {
    CAPTURE(text);
    const auto seconds = parse_date(text);
    REQUIRE(seconds);
    CHECK(format_date(*seconds) == text);
  }
  CHECK(format_date(*parse_date("2024-01-01T01:30+02:00")) == "2023-12-31T23:30:00");
}

TEST_CASE("Every day of 400 years follows the one before it", "[features]") {
  constexpr double kDay = 86400;
  const double begin = *parse_date("1800-01-01");
  const double end = *parse_date("2200-01-01");
  CHECK((end - begin) / kDay == 146097);
  double day_of_week = date_part(begin, DatePart::day_of_week);
  int wrong = 0;
  for (double midnight = begin; midnight < end; midnight += kDay) {
    const bool is_right =
        parse_date(format_date(midnight)) == midnight &&
        date_part(midnight, DatePart::day_of_week) == day_of_week &&
        date_part(midnight + kDay - 0.001, DatePart::day) == date_part(midnight, DatePart::day);
    if (!is_right) ++wrong;
    day_of_week = day_of_week == 7 ? 1 : day_of_week + 1;
  }
  CHECK(wrong == 0);
}

TEST_CASE("What is no ISO 8601 date in the extended form is refused", "[features]") {
  for (const char* text : {"",
                           "20240229",
                           "2024",
                           "2024-02",
                           "2023-02-29",
                           "1900-02-29",
                           "2024-02-30",
                           "2024-04-31",
                           "2024-00-10",
                           "2024-13-01",
                           "2024-01-00",
                           "2024-1-01",
                           "0000-01-01",
                           "10000-01-01",
                           "-2024-01-01",
                           "+2024-01-01",
                           " 2024-01-01",
                           "2024-01-01 ",
                           "2024-01-01T",
                           "2024-01-01Z",
                           "2024-01-01+02:00",
                           "2024-01-01T10",
                           "2024-01-01T1030",
                           "2024-01-01T24:00",
                           "2024-01-01T23:60",
                           "2024-01-01T23:59:60",
                           "2024-01-01T23:59:59.",
                           "2024-01-01T23:59.5",
                           "2024-01-01T23:59:59,5",
                           "2024-01-01  10:00",
                           "2024-01-01t10:00",
                           "2024-01-01T10:00z",
                           "2024-01-01T10:00+2",
                           "2024-01-01T10:00+24:00",
                           "2024-01-01T10:00+02:60",
                           "2024-01-01T10:00+02:",
                           "2024-01-01T10:00+02:0",
                           "2024-01-01T10:00+02:00x",
                           "2024-01-01T10:00ZZ",
                           "2024-01-01T10:00 UTC",
                           "01/02/2024",
                           "2024-W01-1",
                           "2024-001",
                           "0001-01-01T00:00+00:01",
                           "9999-12-31T23:59-00:01",
                           "9999-12-31T23:59:59.99999999999"}) {
    CAPTURE(text);
    CHECK_FALSE(parse_date(text));
  }
}

TEST_CASE("The parts of a missing date are missing", "[features]") {
  for (const DatePart part : kDateParts) CHECK(std::isnan(date_part(std::nan(""), part)));
}
