#include "features/encoder.hpp"

#include <cmath>
#include <cstdint>
#include <limits>
#include <string>
#include <vector>

#include "support/catch_shim.hpp"

#include "features/category_use.hpp"
#include "support/schemas.hpp"

using namespace mlserve::features;
using mlserve::testing::boolean;
using mlserve::testing::categorical;
using mlserve::testing::numeric;
using mlserve::testing::texts_table;

namespace {

constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();

Schema schema_of(Feature feature) {
  Schema schema;
  schema.features.push_back(std::move(feature));
  return schema;
}

EncodedRows numbers(std::vector<double> values) {
  const std::size_t rows = values.size();
  std::vector<EncodedRows::ColumnValues> columns(1);
  columns[0].numbers = std::move(values);
  return EncodedRows::from_columns(std::move(columns), rows);
}

double fill(const Feature& feature, std::vector<double> values,
            const std::vector<double>& weights) {
  return Encoder::fit(schema_of(feature), numbers(std::move(values)), weights)[0].fill;
}

/// The cell that `text` becomes; `complaint` is what it should have been.
struct Cell {
  double number = 0;
  std::uint32_t code = 0;
  std::string complaint;
};

Cell encode(const Feature& feature, std::string_view text) {
  EncodedRows rows(schema_of(feature));
  rows.append_missing();
  const auto problem = encode_text(feature, text, rows, 0, 0);
  Cell cell;
  if (problem) cell.complaint = problem->expected;
  if (feature.is_categorical()) {
    cell.code = rows.columns()[0].codes[0];
  } else {
    cell.number = rows.columns()[0].numbers[0];
  }
  return cell;
}

}  // namespace

TEST_CASE("Encoder learns the training mean from the rows that have a value", "[features]") {
  CHECK(fill(numeric("age"), {20, kNaN, 40}, {1, 1, 1}) == 30.0);
}

TEST_CASE("Encoder counts each row as often as its weight says", "[features]") {
  CHECK(fill(numeric("age"), {20, kNaN, 40}, {3, 9, 1}) == 25.0);
  CHECK(fill(numeric("age"), {20, 30, 40}, {0, 0, 2}) == 40.0);
  CHECK(fill(boolean("b"), {0, 1, 1, 1}, {1, 1, 1, 1}) == 0.75);
}

TEST_CASE("Encoder fills with the middle of the range where no row has a value", "[features]") {
  CHECK(fill(numeric("age", 10, 20), {kNaN, kNaN}, {1, 1}) == 15.0);
  CHECK(fill(numeric("age", 10, 20), {12, kNaN}, {0, 1}) == 15.0);
}

TEST_CASE("Encoder fills by the median, zero or the most frequent value when asked", "[features]") {
  const auto by = [](MissingPolicy policy, const std::vector<double>& values,
                     const std::vector<double>& counts) {
    EncoderOptions options;
    options.missing = policy;
    return Encoder::fit(schema_of(numeric("age")), numbers(values), counts, options)[0].fill;
  };
  CHECK(by(MissingPolicy::median, {1, 9, kNaN, 4}, {1, 1, 5, 1}) == 4);
  CHECK(by(MissingPolicy::median, {1, 9, 4, 6}, {1, 1, 1, 1}) == 5);
  CHECK(by(MissingPolicy::median, {1, 9}, {3, 1}) == 1);
  CHECK(by(MissingPolicy::zero, {1, 9}, {1, 1}) == 0);
  CHECK(by(MissingPolicy::most_frequent, {1, 9, 4}, {1, 2, 2}) == 4);
  CHECK(by(MissingPolicy::most_frequent, {kNaN}, {1}) == 50);  // the middle of the range
}

TEST_CASE("Encoder gives rare categories one column, as OneHotEncoder does", "[features]") {
  // OneHotEncoder(min_frequency=…, max_categories=…).infrequent_categories_ of these counts.
  const std::vector<double> counts = {5, 1, 3, 3, 0, 2};
  const auto uses = [&](EncoderOptions options) {
    std::string text;
    for (const CategoryUse use : category_use(counts, 14, options)) {
      text += use == CategoryUse::own ? 'o' : use == CategoryUse::infrequent ? 'i' : '-';
    }
    return text;
  };
  CHECK(uses({}) == "oooo-o");
  CHECK(uses({.min_frequency = 3}) == "oioo-i");
  CHECK(uses({.min_frequency = 0.2}) == "oioo-i");  // less than 2.8 rows
  CHECK(uses({.max_categories = 5}) == "oooo-o");
  CHECK(uses({.max_categories = 3}) == "oiio-i");  // of the two with 3 rows the first is rarer
  CHECK(uses({.max_categories = 1}) == "iiii-i");
  CHECK(uses({.drop_first = true}) == "-ooo-o");
  CHECK(uses({.drop_first = true, .min_frequency = 4}) == "-iii-i");
  CHECK(uses({.drop_first = true, .min_frequency = 9}) == "------");
}

TEST_CASE("Encoder weighs words by the rows that have them", "[features]") {
  const Schema schema = schema_of(mlserve::testing::text("t", {"and", "or", "xor"}));
  EncodedRows rows(schema);
  for (const char* text : {"and or", "and, AND", ""}) {
    rows.append_missing();
    CHECK_FALSE(encode_text(schema.features[0], text, rows, rows.size() - 1, 0));
  }
  const Encoder encoder = Encoder::fit(schema, rows, std::vector<double>{1, 1, 1});
  CHECK(encoder[0].idf[0] == std::log(4.0 / 3) + 1);
  CHECK(encoder[0].idf[1] == std::log(4.0 / 2) + 1);
  CHECK(encoder[0].idf[2] == 0);  // no row has it
}

TEST_CASE("A text becomes its known words with their counts, in order of word", "[features]") {
  const Feature feature = mlserve::testing::text("t", {"cat", "dog"});
  EncodedRows rows(schema_of(feature));
  for (const char* text : {"Dog cat DOG bird", "bird", "NA"}) {
    rows.append_missing();
    encode_text(feature, text, rows, rows.size() - 1, 0);
  }
  const EncodedRows::ColumnValues& column = rows.columns()[0];
  const auto words = column.words_of(0);
  REQUIRE(words.size() == 2);
  CHECK((words[0].term == 0 && words[0].count == 1));
  CHECK((words[1].term == 1 && words[1].count == 2));
  CHECK(column.codes == std::vector<std::uint32_t>{kFirstCategory, kUnknown, kMissing});
  CHECK(column.words_of(1).empty());
  CHECK(rows.is_missing(2, 0));
}

TEST_CASE("A date becomes seconds since 1970", "[features]") {
  const Feature when = mlserve::testing::date("when");
  CHECK(encode(when, "1970-01-02").number == 86400);
  CHECK(encode(when, "1970-01-01T01:00:00+01:00").number == 0);
  CHECK(std::isnan(encode(when, "").number));
  CHECK(encode(when, "yesterday").complaint == "a date such as 2026-01-31 or 2026-01-31T12:00:00Z");
}

TEST_CASE("A text becomes a number, true is 1, a missing marker is missing", "[features]") {
  const Feature age = numeric("age");
  CHECK(encode(age, "22").number == 22.0);
  CHECK(encode(age, " -0.5 ").number == -0.5);
  CHECK(encode(age, "true").number == 1.0);
  CHECK(encode(age, "False").number == 0.0);
  for (const char* text : {"", "NA", "nan"}) {
    CHECK(std::isnan(encode(age, text).number));
    CHECK(encode(age, text).complaint.empty());
  }
}

TEST_CASE("A text that is no number leaves the cell missing and says what it should be",
          "[features]") {
  CHECK(encode(numeric("age"), "old").complaint == "a number");
  CHECK(encode(numeric("age"), "inf").complaint == "a number");
  CHECK(std::isnan(encode(numeric("age"), "old").number));
  CHECK(encode(boolean("b"), "yes").complaint == "true or false");
  CHECK(encode(boolean("b"), "1").number == 1.0);
}

TEST_CASE("A text becomes the code of its category, unknown or missing", "[features]") {
  const Feature sex = categorical("sex", {"female", "male"});
  CHECK(encode(sex, "male").code == kFirstCategory + 1);
  CHECK(encode(sex, "\"female\"").code == kUnknown);
  CHECK(encode(sex, "").code == kMissing);
  CHECK(encode(sex, "NA").code == kMissing);
  CHECK(encode(categorical("class", {"1", "3"}), "3.0").code == kFirstCategory + 1);
}

TEST_CASE("A table is encoded in the order of the wanted rows", "[features]") {
  Schema schema;
  schema.features = {categorical("s", {"a", "b"}), numeric("n"), boolean("t")};
  const auto table =
      texts_table({"t", "n", "s"}, {{"true", "1", "a"}, {"false", "", "b"}, {"NA", "3", ""}});
  const std::vector<std::uint32_t> wanted = {2, 0, 2, 1};
  const EncodedRows rows = encode_table(schema, table, wanted);
  REQUIRE(rows.size() == 4);
  CHECK(rows.columns()[0].codes ==
        std::vector<std::uint32_t>{kMissing, kFirstCategory, kMissing, kFirstCategory + 1});
  CHECK(rows.columns()[1].numbers[0] == 3);
  CHECK(rows.columns()[1].numbers[1] == 1);
  CHECK(std::isnan(rows.columns()[1].numbers[3]));
  CHECK(std::isnan(rows.columns()[2].numbers[0]));
  CHECK(rows.columns()[2].numbers[1] == 1);
  CHECK(rows.columns()[2].numbers[3] == 0);
}

TEST_CASE("A column of numbers in a table is taken as it is", "[features]") {
  auto table = texts_table({"n"}, {{""}, {""}});
  table.columns[0].is_numbers = true;
  table.columns[0].numbers = {1.5, kNaN};
  const EncodedRows rows =
      encode_table(schema_of(numeric("n")), table, std::vector<std::uint32_t>{1, 0});
  CHECK(std::isnan(rows.columns()[0].numbers[0]));
  CHECK(rows.columns()[0].numbers[1] == 1.5);
}
