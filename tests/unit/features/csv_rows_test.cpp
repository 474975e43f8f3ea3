#include "features/csv_rows.hpp"

#include <cmath>
#include <string>
#include <string_view>
#include <vector>

#include "support/catch_shim.hpp"

#include "support/errors.hpp"
#include "support/schemas.hpp"

using namespace mlserve::features;
using mlserve::ErrorKind;
using mlserve::data::CsvBlock;
using mlserve::data::CsvReader;
using mlserve::data::memory_source;
using mlserve::testing::error_of;
using mlserve::testing::passenger_schema;

namespace {

ParsedRows parse(std::string_view text, const std::vector<std::string>& kept = {}) {
  const Schema schema = passenger_schema();
  CsvReader csv(memory_source(text), "t.csv");
  const CsvRowParser parser(schema, csv, kept);
  ParsedRows parsed;
  parsed.start(schema);
  CsvBlock block;
  while (csv.read_block(block)) parser.parse(block, parsed);
  return parsed;
}

std::string complaint(std::string_view text, const std::vector<std::string>& kept = {}) {
  const auto error = error_of([&] { parse(text, kept); });
  if (!error) return "";
  CHECK(error->kind() == ErrorKind::invalid_data);
  return error->what();
}

/// How the field `text` is kept, and whether as a string.
KeptValue kept(const std::string& text) {
  const ParsedRows parsed = parse("Age,Sex,Embarked,k\n1,male,S," + text + "\n", {"k"});
  REQUIRE(parsed.kept.size() == 1);
  return parsed.kept[0][0];
}

}  // namespace

TEST_CASE("CSV columns are found by name, in any order, extra ones ignored", "[features]") {
  const ParsedRows parsed = parse("Embarked,Name,Age,Sex\nS,\"Allen, W\",22,male\nC,,4.5,female\n");
  REQUIRE(parsed.rows.size() == 2);
  CHECK(parsed.problems.empty());
  CHECK(parsed.rows.columns()[0].numbers == std::vector<double>{22, 4.5});
  CHECK(parsed.rows.columns()[1].codes ==
        std::vector<std::uint32_t>{kFirstCategory + 1, kFirstCategory});
  CHECK(parsed.rows.columns()[2].codes ==
        std::vector<std::uint32_t>{kFirstCategory + 2, kFirstCategory});
}

TEST_CASE("Empty fields and missing markers are missing, unknown categories unknown",
          "[features]") {
  const ParsedRows parsed =
      parse("Age,Sex,Embarked\n,NA,X\nnan,\"\",S\ntrue,\"\"\"female\"\"\",S\n");
  CHECK(parsed.problems.empty());
  CHECK(std::isnan(parsed.rows.columns()[0].numbers[0]));
  CHECK(std::isnan(parsed.rows.columns()[0].numbers[1]));
  CHECK(parsed.rows.columns()[0].numbers[2] == 1);
  CHECK(parsed.rows.columns()[1].codes == std::vector<std::uint32_t>{kMissing, kMissing, kUnknown});
  CHECK(parsed.rows.columns()[2].codes[0] == kUnknown);
}

TEST_CASE("A header that lacks a feature is an error that offers the nearest name", "[features]") {
  CHECK(complaint("Age,Sex,Embarkd\n1,male,S\n") ==
        "t.csv:1: has no column 'Embarked'; did you mean 'Embarkd'? (columns are: Age, Sex, "
        "Embarkd)");
  CHECK(complaint("\n\nAge,Embarked\n1,S\n") ==
        "t.csv:3: has no column 'Sex' (columns are: Age, Embarked)");
}

TEST_CASE("A kept column that is not there is an error", "[features]") {
  CHECK(complaint("Age,Sex,Embarked\n1,male,S\n", {"id"}) ==
        "t.csv:1: has no column 'id' (columns are: Age, Sex, Embarked)");
}

TEST_CASE("Bad values and ragged rows are problems, the rows around them are read", "[features]") {
  const ParsedRows parsed = parse(
      "Age,Sex,Embarked,id\n1,male,S,a\n2,male,b\nold,male,S,c\n4,male,S,\"d\"d\n5,male,S,e\n",
      {"id"});
  REQUIRE(parsed.rows.size() == 5);
  REQUIRE(parsed.problems.size() == 3);
  CHECK(parsed.problems[0].row == 1);
  CHECK(parsed.problems[0].field.empty());
  CHECK(parsed.problems[0].detail == "has 3 fields where the header has 4");
  CHECK(parsed.problems[1].row == 2);
  CHECK(parsed.problems[1].field == "Age");
  CHECK(parsed.problems[1].detail == "\"old\" is not a number");
  CHECK(parsed.problems[2].row == 3);
  CHECK(parsed.problems[2].detail.find("quote in the middle") != std::string::npos);
  REQUIRE(parsed.kept.size() == 5);
  CHECK(parsed.kept[1].size() == 1);
  CHECK(parsed.kept[1][0].text.empty());
  CHECK(parsed.kept[4][0].text == "e");
  CHECK(parsed.rows.columns()[0].numbers[4] == 5);
}

TEST_CASE("Text that is no UTF-8 is an error for the file", "[features]") {
  CHECK(complaint("Age,Sex,Embarked\n1,m\xE4le,S\n") ==
        "t.csv:2: is not valid UTF-8; Latin-1 is read with --encoding latin1");
}

TEST_CASE("A kept field is a number in JSON only where it is spelled as one", "[features]") {
  for (const char* text :
       {"0", "-0", "22", "-1.50", "0.5", "1e5", "1E+05", "12345678901234567890"}) {
    CHECK(kept(text).text == text);
    CHECK_FALSE(kept(text).is_text);
  }
  for (const char* text : {"007", "+1", ".5", "1.", "1.e5", "-", "-.5", "1e", "0x10", "1,5", "NaN",
                           "inf", "true", "1e999", "-01", "1 2"}) {
    const std::string field = std::string("\"") + text + "\"";
    CHECK(kept(field).text == text);
    CHECK(kept(field).is_text);
  }
}

TEST_CASE("A kept number with a blank or a line break behind it is a string", "[features]") {
  CHECK(kept("\"1\n\"").is_text);
  CHECK(kept("\"1 \"").is_text);
  CHECK(kept("\"1\v\"").is_text);
}

TEST_CASE("An empty kept field is null", "[features]") {
  CHECK(kept("").text.empty());
  CHECK_FALSE(kept("").is_text);
}
