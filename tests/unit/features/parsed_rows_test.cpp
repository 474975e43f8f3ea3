#include "features/parsed_rows.hpp"

#include <vector>

#include "support/catch_shim.hpp"

#include "support/schemas.hpp"

using namespace mlserve::features;

TEST_CASE("Warnings count missing, unknown and out-of-range values by feature", "[features]") {
  const Schema schema = mlserve::testing::passenger_schema();  // ages from 0.5 to 80
  ParsedRows parsed;
  parsed.start(schema);
  for (const double age : {0.5, 80.0, 80.5, 0.25}) {
    const std::size_t row = parsed.rows.append_missing();
    parsed.rows.set_number(row, 0, age);
    parsed.rows.set_code(row, 1, age > 1 ? kFirstCategory + 1 : kUnknown);
  }
  parsed.rows.append_missing();
  std::vector<ValueWarnings> warnings(schema.features.size());
  add_warnings(schema, parsed, warnings);
  CHECK(warnings[0].missing == 1);
  CHECK(warnings[0].out_of_range == 2);
  CHECK(warnings[0].unknown == 0);
  CHECK(warnings[1].unknown == 2);
  CHECK(warnings[1].missing == 1);
  CHECK(warnings[2].missing == 5);
  add_warnings(schema, parsed, warnings);
  CHECK(warnings[2].missing == 10);
}

TEST_CASE("A row with a problem gives no warnings", "[features]") {
  const Schema schema = mlserve::testing::passenger_schema();
  ParsedRows parsed;
  parsed.start(schema);
  parsed.rows.append_missing();
  parsed.rows.append_missing();
  parsed.problems.push_back({1, "Age", "\"old\" is not a number"});
  std::vector<ValueWarnings> warnings(schema.features.size());
  add_warnings(schema, parsed, warnings);
  CHECK(warnings[0].missing == 1);
  CHECK(warnings[1].missing == 1);
}
