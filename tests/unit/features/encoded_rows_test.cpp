#include "features/encoded_rows.hpp"

#include <cmath>

#include "support/catch_shim.hpp"

#include "support/schemas.hpp"

using namespace mlserve::features;

TEST_CASE("A new row is missing everywhere until its cells are set", "[features]") {
  EncodedRows rows(mlserve::testing::passenger_schema());
  CHECK(rows.append_missing() == 0);
  CHECK(rows.append_missing() == 1);
  CHECK(rows.size() == 2);
  CHECK(std::isnan(rows.columns()[0].numbers[1]));
  CHECK(rows.columns()[1].codes[1] == kMissing);
  rows.set_number(1, 0, 22);
  rows.set_code(1, 1, kFirstCategory);
  CHECK(rows.columns()[0].numbers[1] == 22);
  CHECK(rows.columns()[1].codes[1] == kFirstCategory);
  CHECK(std::isnan(rows.columns()[0].numbers[0]));
}

TEST_CASE("Rows may be started again with another schema", "[features]") {
  EncodedRows rows(mlserve::testing::passenger_schema());
  rows.append_missing();
  Schema other;
  other.features = {mlserve::testing::categorical("x", {"a"})};
  rows.start(other);
  CHECK(rows.size() == 0);
  REQUIRE(rows.columns().size() == 1);
  CHECK(rows.columns()[0].form == EncodedRows::Form::codes);
  rows.append_missing();
  CHECK(rows.columns()[0].codes.size() == 1);
  CHECK(rows.columns()[0].numbers.empty());
}
