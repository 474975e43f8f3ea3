#include "features/json_rows.hpp"

#include <cmath>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "support/catch_shim.hpp"

#include "data/json_records.hpp"
#include "support/errors.hpp"
#include "support/schemas.hpp"

using namespace mlserve::features;
using mlserve::ErrorKind;
using mlserve::testing::boolean;
using mlserve::testing::categorical;
using mlserve::testing::date;
using mlserve::testing::error_of;
using mlserve::testing::numeric;
using mlserve::testing::passenger_schema;

namespace {

ParsedRows parse(const Schema& schema, std::string_view text, std::vector<std::string> kept = {}) {
  ParsedRows parsed;
  parsed.start(schema);
  JsonRowParser(schema, std::move(kept)).parse(text, parsed);
  return parsed;
}

ParsedRows passengers(std::string_view text) { return parse(passenger_schema(), text); }

double age(const ParsedRows& parsed, std::size_t row = 0) {
  return parsed.rows.columns()[0].numbers[row];
}
std::uint32_t sex(const ParsedRows& parsed, std::size_t row = 0) {
  return parsed.rows.columns()[1].codes[row];
}
std::uint32_t port(const ParsedRows& parsed, std::size_t row = 0) {
  return parsed.rows.columns()[2].codes[row];
}

/// The only problem of `text`, as "row field: detail".
std::string problem(std::string_view text) {
  const ParsedRows parsed = passengers(text);
  if (parsed.problems.size() != 1) return std::to_string(parsed.problems.size()) + " problems";
  const RowProblem& found = parsed.problems[0];
  return std::to_string(found.row) + " " + found.field + ": " + found.detail;
}

std::string complaint(std::string_view text) {
  const auto error = error_of([&] { passengers(text); });
  if (!error) return "";
  CHECK(error->kind() == ErrorKind::invalid_data);
  return error->what();
}

/// The code that a JSON value finds in a categorical feature.
std::uint32_t code_of(const Feature& feature, const std::string& json) {
  Schema schema;
  schema.features = {feature};
  const ParsedRows parsed = parse(schema, "{\"" + feature.name + "\":" + json + "}");
  CHECK(parsed.problems.empty());
  return parsed.rows.columns()[0].codes[0];
}

}  // namespace

TEST_CASE("A list of records becomes rows in their order, fields in any order", "[features]") {
  const Schema schema = passenger_schema();
  ParsedRows parsed;
  parsed.start(schema);
  JsonRowParser parser(schema);
  CHECK(parser.parse(
      R"([{"Age":85,"Sex":"male","Embarked":"S"},{"Embarked":"C","Age":2.5,"Sex":"female"}])",
      parsed));
  REQUIRE(parsed.rows.size() == 2);
  CHECK(parsed.problems.empty());
  CHECK(age(parsed, 0) == 85);
  CHECK(sex(parsed, 0) == kFirstCategory + 1);
  CHECK(port(parsed, 0) == kFirstCategory + 2);
  CHECK(age(parsed, 1) == 2.5);
  CHECK(sex(parsed, 1) == kFirstCategory);
  CHECK(port(parsed, 1) == kFirstCategory);
}

TEST_CASE("A single record is no list", "[features]") {
  const Schema schema = passenger_schema();
  ParsedRows parsed;
  parsed.start(schema);
  CHECK_FALSE(JsonRowParser(schema).parse(R"({"Age":85})", parsed));
  CHECK(parsed.rows.size() == 1);
}

TEST_CASE("An empty list has no rows", "[features]") { CHECK(passengers("[]").rows.size() == 0); }

TEST_CASE("Of a list longer than allowed one record more is taken, and no value behind it is seen",
          "[features]") {
  const Schema schema = passenger_schema();
  JsonRowParser parser(schema);
  const auto rows = [&](std::string_view text, std::size_t max_rows) {
    ParsedRows parsed;
    parsed.start(schema);
    parser.parse(text, parsed, max_rows);
    CHECK(parsed.problems.empty());
    return parsed.rows.size();
  };
  constexpr std::string_view kThree = R"([{"Age":1},{"Age":2},{"Age":3}])";
  CHECK(rows(kThree, 4) == 3);
  CHECK(rows(kThree, 3) == 3);
  CHECK(rows(kThree, 2) == 3);
  CHECK(rows(kThree, 1) == 2);
  CHECK(rows(kThree, 0) == 1);
  CHECK(rows(R"([{"Age":1},{"Age":2},{"Age":"old"},7])", 1) == 2);
}

TEST_CASE("A field that a record lacks is missing there, other fields are ignored", "[features]") {
  const ParsedRows parsed = passengers(R"([{"Age":3,"Name":{"first":["Ann"]}},{"Sex":"male"}])");
  CHECK(parsed.problems.empty());
  CHECK(sex(parsed, 0) == kMissing);
  CHECK(std::isnan(age(parsed, 1)));
  CHECK(sex(parsed, 1) == kFirstCategory + 1);
}

TEST_CASE("null, \"\" and \"NA\" are missing", "[features]") {
  const ParsedRows parsed =
      passengers(R"([{"Age":null,"Sex":null},{"Age":"","Sex":""},{"Age":"NA","Sex":"NaN"}])");
  CHECK(parsed.problems.empty());
  for (std::size_t row = 0; row < 3; ++row) {
    CHECK(std::isnan(age(parsed, row)));
    CHECK(sex(parsed, row) == kMissing);
  }
}

TEST_CASE("A string that spells a number, and true, are numbers for a numeric feature",
          "[features]") {
  const ParsedRows parsed = passengers(
      R"([{"Age":"22"},{"Age":true},{"Age":false},{"Age":-0.5e1},{"Age":18446744073709551615}])");
  CHECK(parsed.problems.empty());
  CHECK(age(parsed, 0) == 22);
  CHECK(age(parsed, 1) == 1);
  CHECK(age(parsed, 2) == 0);
  CHECK(age(parsed, 3) == -5);
  CHECK(age(parsed, 4) == 18446744073709551615.0);
}

TEST_CASE("3, 3.0, \"3\" and \"3.0\" are the same category", "[features]") {
  const Feature feature = categorical("class", {"1", "2", "3"});
  for (const char* json : {"3", "3.0", "30e-1", "\"3\"", "\"3.0\""}) {
    CHECK(code_of(feature, json) == kFirstCategory + 2);
  }
  CHECK(code_of(feature, "4") == kUnknown);
  CHECK(code_of(feature, "3.5") == kUnknown);
}

TEST_CASE("An integer of 64 bits finds its own category, not its neighbour's", "[features]") {
  const Feature feature =
      categorical("id", {"18446744073709551615", "9007199254740992", "9007199254740993"});
  CHECK(code_of(feature, "9007199254740992") == kFirstCategory + 1);
  CHECK(code_of(feature, "9007199254740993") == kFirstCategory + 2);
  CHECK(code_of(feature, "18446744073709551615") == kFirstCategory);
}

TEST_CASE("true finds the category that spells it", "[features]") {
  CHECK(code_of(categorical("b", {"False", "True"}), "true") == kFirstCategory + 1);
  CHECK(code_of(categorical("b", {"false", "maybe", "true"}), "false") == kFirstCategory);
  CHECK(code_of(categorical("b", {"no", "yes"}), "true") == kUnknown);
}

TEST_CASE("A string with literal quotes is an unknown category, no error", "[features]") {
  const ParsedRows parsed = passengers(R"([{"Age":24,"Sex":"\"female\"","Embarked":"C"}])");
  CHECK(parsed.problems.empty());
  CHECK(sex(parsed) == kUnknown);
}

TEST_CASE("Values that make no sense are problems that name row and field", "[features]") {
  CHECK(problem(R"([{"Age":1},{"Age":"old"}])") == "1 Age: \"old\" is not a number");
  CHECK(problem(R"([{"Age":[22]}])") == "0 Age: a list is not a number");
  CHECK(problem(R"([{"Age":{"x":1}}])") == "0 Age: an object is not a number");
  CHECK(problem(R"([{"Sex":[]}])") == "0 Sex: a list is not a string");
  CHECK(problem(R"([{"Age":"1e999"}])") == "0 Age: \"1e999\" is not a number");
  CHECK(problem(R"([{"Age":"a\nb"}])") == "0 Age: \"a\\nb\" is not a number");
}

TEST_CASE("What is no date is told what one looks like", "[features]") {
  Schema schema;
  schema.features = {date("when")};
  const auto problem_of = [&](std::string_view text) {
    ParsedRows parsed;
    parsed.start(schema);
    JsonRowParser(schema).parse(text, parsed);
    return parsed.problems.empty() ? "" : parsed.problems.front().detail;
  };
  for (const std::string value : {"5", "true"}) {
    CHECK(problem_of(R"([{"when":)" + value + "}]")
              .ends_with(" is not a date such as 2026-01-31 or 2026-01-31T12:00:00Z"));
  }
  CHECK(problem_of(R"([{"when":"2026-02-30"}])") ==
        "\"2026-02-30\" is not a date such as 2026-01-31 or 2026-01-31T12:00:00Z");
  CHECK(problem_of(R"([{"when":"2026-02-28"}])").empty());
}

TEST_CASE("A row has all of its problems, and stands there with the bad values missing",
          "[features]") {
  const ParsedRows parsed = passengers(R"([{"Age":"old","Sex":[],"Embarked":"S"},{"Age":5}])");
  REQUIRE(parsed.problems.size() == 2);
  CHECK(parsed.problems[0].field == "Age");
  CHECK(parsed.problems[1].field == "Sex");
  REQUIRE(parsed.rows.size() == 2);
  CHECK(std::isnan(age(parsed, 0)));
  CHECK(port(parsed, 0) == kFirstCategory + 2);
  CHECK(age(parsed, 1) == 5);
}

TEST_CASE("A record that is no object is a problem", "[features]") {
  CHECK(problem(R"([{"Age":1},[1,2]])") == "1 : is not an object but a list");
  CHECK(problem("[5]") == "0 : is not an object but a number");
  CHECK(problem("[null]") == "0 : is not an object but null");
  CHECK(problem("\"x\"") == "0 : is not an object but a string");
  CHECK(problem("[true]") == "0 : is not an object but a boolean");
}

TEST_CASE("A record with none of the features is a problem that offers the nearest name",
          "[features]") {
  CHECK(problem("{}") == "0 : has none of the features Age, Sex, Embarked");
  CHECK(problem(R"([{"Age":1},{"x":1,"embarkd":"S"}])") ==
        "1 : has none of the features Age, Sex, Embarked; did you mean 'Embarked' by 'embarkd'?");
}

TEST_CASE("What is no JSON is an error without codes of a parser", "[features]") {
  for (const std::string_view text :
       {"", "[{]", R"([{"Age":NaN}])", R"([{"Age":1e999}])", R"({"Age":1} x)", R"([{"Age":01}])",
        "[{\"Sex\":\"\xFF\"}]", R"([{"Sex":"\ud800"}])"}) {
    const std::string message = complaint(text);
    CHECK(message.substr(0, 13) == "is not JSON: ");
    CHECK(message.find("ERROR") == std::string::npos);
    CHECK(message.find('\n') == std::string::npos);
  }
}

TEST_CASE("JSON with single quotes gets a hint at them", "[features]") {
  const std::string hint = "is not JSON: strings stand in double quotes, not single ones";
  CHECK(complaint("[{'Age': 22}]") == hint);
  CHECK(complaint("{'Age': 22}") == hint);
  CHECK(complaint("[{\"Age\": 22, x}]") != hint);
}

TEST_CASE("JSON that is nested too deeply is an error, not a crash", "[features]") {
  CHECK_FALSE(complaint(std::string(100'000, '[')).empty());
  CHECK_FALSE(complaint(R"({"Age":)" + std::string(100'000, '[') + std::string(100'000, ']') + "}")
                  .empty());
}

TEST_CASE("Kept fields pass through as they are; one that is not there is null", "[features]") {
  const ParsedRows parsed =
      parse(passenger_schema(), R"([{"Age":1,"id":7,"name":"a\"b"},{"Age":2,"id":1.50,"name":null},
{"Age":3,"id":{"a": [1, true]}},5])",
            {"name", "id"});
  REQUIRE(parsed.kept.size() == 4);
  CHECK(parsed.kept[0][0].text == "a\"b");
  CHECK(parsed.kept[0][0].is_text);
  CHECK(parsed.kept[0][1].text == "7");
  CHECK_FALSE(parsed.kept[0][1].is_text);
  CHECK(parsed.kept[1][0].text.empty());
  CHECK_FALSE(parsed.kept[1][0].is_text);
  CHECK(parsed.kept[1][1].text == "1.5");
  CHECK(parsed.kept[2][1].text == R"({"a":[1,true]})");
  CHECK(parsed.kept[3].size() == 2);
}

TEST_CASE("A parser reads one text after another", "[features]") {
  const Schema schema = passenger_schema();
  JsonRowParser parser(schema);
  ParsedRows parsed;
  parsed.start(schema);
  for (int i = 0; i < 3; ++i) {
    std::string padded = "{\"Age\":" + std::to_string(i) + "}";
    const std::size_t length = padded.size();
    padded.append(mlserve::data::RecordReader::kPadding, '\0');
    parser.parse_record(std::string_view(padded).substr(0, length), parsed);
    CHECK(error_of([&] { parser.parse("[", parsed); }));
  }
  REQUIRE(parsed.rows.size() == 3);
  CHECK(age(parsed, 2) == 2);
}

TEST_CASE("record_json parses back into the same row", "[features]") {
  Schema schema = passenger_schema();
  schema.features.push_back(boolean("b"));
  schema.features.push_back(categorical("odd \"name\"", {"3", "ä,\"\n"}));
  EncodedRows rows(schema);
  rows.append_missing();
  const std::size_t row = rows.append_missing();
  rows.set_number(row, 0, 0.1);
  rows.set_code(row, 1, kFirstCategory + 1);
  rows.set_code(row, 2, kUnknown);
  rows.set_number(row, 3, 1);
  rows.set_code(row, 4, kFirstCategory + 1);
  CHECK(record_json(schema, rows, 0) ==
        R"({"Age":null,"Sex":null,"Embarked":null,"b":null,"odd \"name\"":null})");
  const ParsedRows parsed = parse(schema, record_json(schema, rows, row));
  CHECK(parsed.problems.empty());
  CHECK(age(parsed) == 0.1);
  CHECK(sex(parsed) == kFirstCategory + 1);
  CHECK(port(parsed) == kMissing);  // an unknown category has no text
  CHECK(parsed.rows.columns()[3].numbers[0] == 1);
  CHECK(parsed.rows.columns()[4].codes[0] == kFirstCategory + 1);
}
