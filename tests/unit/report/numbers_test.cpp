#include "report/numbers.hpp"

#include <cmath>
#include <limits>

#include "support/catch_shim.hpp"

using namespace mlserve::report;

TEST_CASE("Numbers have some significant digits and thousands apart", "[report]") {
  CHECK(number_text(0.79) == "0.7900");
  CHECK(number_text(0.043219) == "0.04322");
  CHECK(number_text(-12.3456) == "−12.35");
  CHECK(number_text(1234.56) == "1,235");
  CHECK(number_text(123456.7) == "123,457");
  CHECK(number_text(0) == "0");
  CHECK(number_text(-0.0) == "0");
  CHECK(number_text(1309) == "1,309");
  CHECK(number_text(2.5e9) == "2.5e9");
  CHECK(number_text(-1.2345e-7, 3) == "−1.23e−7");
  CHECK(number_text(std::numeric_limits<double>::max()) == "1.798e308");
  CHECK(number_text(std::nan("")) == "NA");
  CHECK(number_text(-std::numeric_limits<double>::infinity()) == "−∞");
}

TEST_CASE("Counts, shares and p-values are short", "[report]") {
  CHECK(count_text(1234567) == "1,234,567");
  CHECK(count_text(12.25) == "12.2");
  CHECK(percent_text(0.257) == "26 %");
  CHECK(percent_text(0.004) == "0.4 %");
  CHECK(percent_text(0) == "0 %");
  CHECK(p_text(0.0421) == "0.042");
  CHECK(p_text(1e-20) == "< 0.001");
}

TEST_CASE("Coordinates have no needless digits", "[report]") {
  CHECK(coordinate(12.5) == "12.5");
  CHECK(coordinate(100) == "100");
  CHECK(coordinate(-0.001) == "0");
  CHECK(coordinate(1.0 / 3) == "0.33");
}
