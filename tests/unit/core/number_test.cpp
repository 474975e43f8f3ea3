#include "core/number.hpp"

#include <bit>
#include <cmath>
#include <cstdint>
#include <limits>
#include <random>
#include <string>

#include "support/catch_shim.hpp"

using mlserve::expected_number;
using mlserve::format_double;
using mlserve::parse_double;
using mlserve::parse_integer;

namespace {

constexpr double kLargest = std::numeric_limits<double>::max();
constexpr double kLeastNormal = std::numeric_limits<double>::min();
constexpr double kLeastSubnormal = std::numeric_limits<double>::denorm_min();

bool same_bits(double a, double b) {
  return std::bit_cast<std::uint64_t>(a) == std::bit_cast<std::uint64_t>(b);
}

void check_round_trip(double value) {
  const std::string text = format_double(value);
  INFO(text);
  const auto parsed = parse_double(text);
  REQUIRE(parsed);
  CHECK(same_bits(*parsed, value));
}

}  // namespace

TEST_CASE("parse_double takes decimal numbers in every usual spelling", "[core]") {
  CHECK(parse_double("22") == 22.0);
  CHECK(parse_double("-0.5") == -0.5);
  CHECK(parse_double("+1e3") == 1000.0);
  CHECK(parse_double("1E-2") == 0.01);
  CHECK(parse_double("2e+2") == 200.0);
  CHECK(parse_double(".5") == 0.5);
  CHECK(parse_double("5.") == 5.0);
  CHECK(parse_double("007") == 7.0);
}

TEST_CASE("parse_double leaves out blanks around a number but none inside", "[core]") {
  CHECK(parse_double(" 7 ") == 7.0);
  CHECK(parse_double("\t7\r\n") == 7.0);
  CHECK_FALSE(parse_double("7 7"));
  CHECK_FALSE(parse_double("- 7"));
  CHECK_FALSE(parse_double("  "));
}

TEST_CASE("parse_double refuses what is not wholly a finite decimal number", "[core]") {
  for (const char* text :
       {"",      "-",        "+",     ".",   "e5",   "1e",    "1e+",         "1,5",
        "1.2.3", "0x10",     "12abc", "--1", "+-1",  "-+1",   "++1",         "inf",
        "-inf",  "Infinity", "nan",   "NaN", "-nan", "1_000", "\xE2\x88\x92"}) {
    INFO(text);
    CHECK_FALSE(parse_double(text));
  }
  CHECK_FALSE(parse_double(std::string_view("1\0", 2)));
}

TEST_CASE("parse_double rounds to the nearest double and ties to the even one", "[core]") {
  CHECK(parse_double("0.1") == 0.1);
  CHECK(parse_double("9007199254740993") == 9007199254740992.0);
  CHECK(parse_double("9007199254740993.0000000000000000000000000001") == 9007199254740994.0);
  CHECK(parse_double("9007199254740995") == 9007199254740996.0);
  // One of the numbers that hung or misled many converters.
  CHECK(parse_double("2.2250738585072011e-308") == kLeastNormal - kLeastSubnormal);
  CHECK(parse_double("2.2250738585072012e-308") == kLeastNormal);
  CHECK(parse_double("123456789012345678901234567890e-29") == 1.2345678901234567);
  CHECK(parse_double("0." + std::string(400, '0') + "1e401") == 1.0);
}

TEST_CASE("parse_double knows both ends of the range", "[core]") {
  CHECK(parse_double("1.7976931348623157e308") == kLargest);
  CHECK(parse_double("1.7976931348623158e308") == kLargest);
  CHECK_FALSE(parse_double("1.7976931348623159e308"));
  CHECK_FALSE(parse_double("-1e309"));
  CHECK_FALSE(parse_double("1e99999999999999999999"));
  CHECK_FALSE(parse_double(std::string(400, '9')));

  CHECK(parse_double("4.9e-324") == kLeastSubnormal);
  CHECK(parse_double("2.5e-324") == kLeastSubnormal);
  CHECK(parse_double("2.4e-324") == 0.0);
  CHECK(parse_double("1e-400") == 0.0);
  CHECK(parse_double("1e-99999999999999999999") == 0.0);
  CHECK(parse_double("0." + std::string(400, '0') + "1") == 0.0);
  CHECK(parse_double("1234567890e-340") == 0.0);
  CHECK(same_bits(*parse_double("-1e-400"), -0.0));
  CHECK(parse_double("0e99999999999999999999") == 0.0);
}

TEST_CASE("parse_integer takes whole 64-bit integers only", "[core]") {
  CHECK(parse_integer("0") == 0);
  CHECK(parse_integer("-3") == -3);
  CHECK(parse_integer("+3") == 3);
  CHECK(parse_integer(" 12 ") == 12);
  CHECK(parse_integer("9223372036854775807") == std::numeric_limits<std::int64_t>::max());
  CHECK(parse_integer("-9223372036854775808") == std::numeric_limits<std::int64_t>::min());
  for (const char* text :
       {"", " ", "-", "+-1", "3.0", "1e3", "0x1", "9223372036854775808", "1 2"}) {
    INFO(text);
    CHECK_FALSE(parse_integer(text));
  }
}

TEST_CASE("What is no number for its decimal comma alone is told so", "[core]") {
  for (const std::string_view text : {"1,5", "-0,5", ",5", "1,5e3", " 2, "}) {
    CHECK(expected_number(text) == "a number: it has a decimal comma where a point belongs");
  }
  for (const std::string_view text : {"", "x", "a,b", "1,2,3", "1,5 kg", "1.234,5"}) {
    CHECK(expected_number(text) == "a number");
  }
}

TEST_CASE("format_double writes integers with all digits and the rest as short as can be",
          "[core]") {
  CHECK(format_double(22) == "22");
  CHECK(format_double(0) == "0");
  CHECK(format_double(-0.0) == "-0");
  CHECK(format_double(100000) == "100000");
  CHECK(format_double(-1234567890123456) == "-1234567890123456");
  CHECK(format_double(9007199254740992.0) == "9007199254740992");
  CHECK(format_double(0.1) == "0.1");
  CHECK(format_double(1.0 / 3) == "0.3333333333333333");
  CHECK(format_double(1e300) == "1e+300");
  CHECK(format_double(1e-7) == "1e-07");
}

TEST_CASE("Doubles survive the way to text and back", "[core]") {
  for (const double value :
       {0.1, 1.0 / 3, 1e23, 5e-324, kLeastNormal, kLargest, -kLargest, -0.0, 9007199254740992.0,
        9007199254740994.0, 1e22, kLeastNormal - kLeastSubnormal}) {
    check_round_trip(value);
  }
  std::mt19937_64 random(1);
  for (int i = 0; i < 20'000; ++i) {
    const auto value = std::bit_cast<double>(random());
    if (std::isfinite(value)) check_round_trip(value);
  }
}
