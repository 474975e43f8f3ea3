#include "features/infer.hpp"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <limits>
#include <numeric>
#include <string>
#include <vector>

#include "support/catch_shim.hpp"

#include "support/errors.hpp"
#include "support/schemas.hpp"

using namespace mlserve::features;
using mlserve::ErrorKind;
using mlserve::data::Column;
using mlserve::data::Table;
using mlserve::testing::error_of;
using mlserve::testing::texts_table;

namespace {

/// A table of the column `x` with these texts beside a target that takes turns.
Table table_of(const std::vector<std::string>& texts) {
  std::vector<std::vector<std::string>> rows;
  for (std::size_t i = 0; i < texts.size(); ++i) rows.push_back({texts[i], i % 2 == 0 ? "0" : "1"});
  return texts_table({"x", "y"}, rows);
}

InferredSchema infer(const Table& table, InferOptions options = {}) {
  options.target = "y";
  return infer_schema(table, options);
}

InferOptions named() {
  InferOptions options;
  options.named = {"x"};
  return options;
}
InferOptions as_categories() {
  InferOptions options;
  options.categorical = {"x"};
  return options;
}
InferOptions as_numbers() {
  InferOptions options;
  options.numeric = {"x"};
  return options;
}

Feature feature_of(const std::vector<std::string>& texts, const InferOptions& options = {}) {
  const InferredSchema inferred = infer(table_of(texts), options);
  REQUIRE(inferred.schema.features.size() == 1);
  return inferred.schema.features[0];
}

/// A target with these texts beside a feature.
Table target_table(const std::vector<std::string>& texts) {
  std::vector<std::vector<std::string>> rows;
  for (std::size_t i = 0; i < texts.size(); ++i) rows.push_back({std::to_string(i), texts[i]});
  return texts_table({"x", "y"}, rows);
}

std::string complaint(const Table& table, const InferOptions& options = {}) {
  const auto error = error_of([&] { infer(table, options); });
  if (!error) return "";
  CHECK(error->kind() == ErrorKind::invalid_data);
  return error->what();
}

/// Why x is left out when another column stands beside it.
std::string reason_to_leave_out(const std::vector<std::string>& texts) {
  std::vector<std::vector<std::string>> rows;
  for (std::size_t i = 0; i < texts.size(); ++i) {
    rows.push_back({texts[i], std::to_string(i), i % 2 == 0 ? "0" : "1"});
  }
  const InferredSchema inferred = infer(texts_table({"x", "other", "y"}, rows));
  if (inferred.left_out.empty()) return "";
  CHECK(inferred.left_out[0].name == "x");
  CHECK_FALSE(inferred.schema.find("x"));
  return inferred.left_out[0].reason;
}

std::vector<std::string> different_texts(std::size_t count) {
  std::vector<std::string> texts;
  for (std::size_t i = 0; i < count; ++i) texts.push_back("text " + std::to_string(i));
  return texts;
}

}  // namespace

TEST_CASE("Numbers are numeric, integers or not, with blanks and signs", "[features]") {
  const Feature integers = feature_of({"3", "1", "+2", "1e1", "4.0"});
  CHECK(integers.kind == FeatureKind::numeric);
  CHECK(integers.integers);
  CHECK(integers.minimum == 1);
  CHECK(integers.maximum == 10);
  const Feature reals = feature_of({"3", "-0.5", ".25"});
  CHECK(reals.kind == FeatureKind::numeric);
  CHECK_FALSE(reals.integers);
  CHECK(reals.minimum == -0.5);
}

TEST_CASE("true and false are boolean, beside anything else they are categories", "[features]") {
  const Feature truths = feature_of({"true", "False", "TRUE", "NA"});
  CHECK(truths.kind == FeatureKind::boolean);
  CHECK(truths.minimum == 0);
  CHECK(truths.maximum == 1);
  CHECK(truths.missing == 1);
  CHECK(feature_of({"true", "false", "1"}).kind == FeatureKind::categorical);
  CHECK(feature_of({"yes", "no", "yes"}).kind == FeatureKind::categorical);
}

TEST_CASE("Categories are in code-point order, with their counts", "[features]") {
  const Feature feature = feature_of({"b", "a", "B", "b", ""});
  CHECK(feature.kind == FeatureKind::categorical);
  CHECK(feature.categories == std::vector<std::string>{"B", "a", "b"});
  CHECK(feature.counts == std::vector<std::uint64_t>{1, 1, 2});
  CHECK(feature.missing == 1);
  CHECK(feature.index.code("a") == kFirstCategory + 1);
}

TEST_CASE("pandas' missing markers are missing, in numbers and in texts", "[features]") {
  const std::vector<std::string> markers = {"",         "#N/A", "#N/A N/A", "#NA",    "-1.#IND",
                                            "-1.#QNAN", "-NaN", "-nan",     "1.#IND", "1.#QNAN",
                                            "<NA>",     "N/A",  "NA",       "NULL",   "NaN",
                                            "None",     "n/a",  "nan",      "null"};
  std::vector<std::string> numbers = markers;
  numbers.insert(numbers.end(), {"1", "2"});
  CHECK(feature_of(numbers).kind == FeatureKind::numeric);
  CHECK(feature_of(numbers).missing == markers.size());
  std::vector<std::string> texts = markers;
  texts.insert(texts.end(), {"a", "b"});
  CHECK(feature_of(texts).categories == std::vector<std::string>{"a", "b"});
  CHECK(feature_of({"na", "Null", "b"}).categories.size() == 3);
}

TEST_CASE("Infinity and what no double can hold are texts", "[features]") {
  CHECK(feature_of({"inf", "1", "2"}).kind == FeatureKind::categorical);
  CHECK(feature_of({"1e999", "1", "2"}).kind == FeatureKind::categorical);
  CHECK(feature_of({"1,5", "1", "2"}).kind == FeatureKind::categorical);
}

TEST_CASE("A constant is left out, and kept with a warning when it is named", "[features]") {
  CHECK(reason_to_leave_out({"5", "5.0", "5"}) == "it has the same value in every row");
  CHECK(reason_to_leave_out({"a", "a", "a"}) == "it has the same value in every row");
  CHECK(reason_to_leave_out({"true", "TRUE", "true"}) == "it has the same value in every row");
  const InferredSchema inferred = infer(table_of({"5", "5", "5"}), named());
  REQUIRE(inferred.schema.features.size() == 1);
  CHECK(inferred.schema.features[0].histogram.counts == std::vector<std::uint64_t>{3});
  CHECK(inferred.warnings ==
        std::vector<std::string>{"column 'x' has the same value in every row"});
}

TEST_CASE("One category beside missing values is no constant, one number is", "[features]") {
  CHECK(reason_to_leave_out({"a", "", "a"}).empty());
  CHECK_FALSE(reason_to_leave_out({"5", "", "5"}).empty());
}

TEST_CASE("Texts that are nearly all different are an identifier and left out", "[features]") {
  CHECK(reason_to_leave_out(different_texts(20)) == "its texts are nearly all different");
  CHECK(reason_to_leave_out(different_texts(19)).empty());
  std::vector<std::string> half = different_texts(20);
  half.resize(40, "other");
  CHECK(reason_to_leave_out(half).empty());
  const InferredSchema inferred = infer(table_of(different_texts(20)), named());
  CHECK(inferred.schema.features.size() == 1);
  CHECK(
      inferred.warnings ==
      std::vector<std::string>{"column 'x' is a poor feature: its texts are nearly all different"});
}

TEST_CASE("Integers that are all different are never left out", "[features]") {
  std::vector<std::string> numbers;
  for (int i = 0; i < 100; ++i) numbers.push_back(std::to_string(i));
  CHECK(feature_of(numbers).kind == FeatureKind::numeric);
}

TEST_CASE("Too many categories are left out", "[features]") {
  std::vector<std::string> texts;
  for (int i = 0; i < 3; ++i) {
    const auto more = different_texts(1001);
    texts.insert(texts.end(), more.begin(), more.end());
  }
  CHECK(reason_to_leave_out(texts) == "it has 1001 categories");
}

TEST_CASE("A column without a value is left out, or an error when it is named", "[features]") {
  CHECK(reason_to_leave_out({"", "NA", "null"}) == "it has no value in any row");
  CHECK(complaint(table_of({"", "NA"}), named()) == "t.csv: column 'x': has no value in any row");
  CHECK(complaint(table_of({"", "NA"})) ==
        "t.csv: no column is left to be a feature ('x': it has no value in any row)");
}

TEST_CASE("Numbers are categories when that is asked for", "[features]") {
  const Feature feature = feature_of({"3", "1", "2", "1"}, as_categories());
  CHECK(feature.kind == FeatureKind::categorical);
  CHECK(feature.categories == std::vector<std::string>{"1", "2", "3"});
  CHECK(feature_of({"true", "false"}, as_categories()).kind == FeatureKind::categorical);
}

TEST_CASE("Numbers with a decimal comma are texts, and where numbers must be, a mistake",
          "[features]") {
  CHECK(feature_of({"1,5", "2", "1,5", "2"}).is_categorical());
  CHECK(complaint(table_of({"2", "1,5"}), as_numbers()) ==
        "t.csv:3: column 'x': \"1,5\" is not a number: it has a decimal comma where a point "
        "belongs");
}

TEST_CASE("A text in a column that must be numeric is an error with its line", "[features]") {
  CHECK(complaint(table_of({"1", "NA", "2", "old", "older"}), as_numbers()) ==
        "t.csv:5: column 'x': \"old\" is not a number");
  CHECK(complaint(table_of({"1", "2"}), as_numbers()).empty());
}

TEST_CASE("Range and histogram describe the values", "[features]") {
  const Feature feature = feature_of({"0", "0.5", "1", "9.5", "10", "10", "NA"});
  const Histogram& histogram = feature.histogram;
  REQUIRE(histogram.edges.size() == 11);
  for (std::size_t i = 0; i < histogram.edges.size(); ++i)
    CHECK(histogram.edges[i] == Approx(static_cast<double>(i)));
  CHECK(histogram.edges.front() == feature.minimum);
  CHECK(histogram.edges.back() == feature.maximum);
  CHECK(histogram.counts == std::vector<std::uint64_t>{2, 1, 0, 0, 0, 0, 0, 0, 0, 3});
}

TEST_CASE("A histogram holds the largest range and the smallest", "[features]") {
  const Feature wide = feature_of({"-1e150", "1e150", "0"});
  CHECK(std::all_of(wide.histogram.edges.begin(), wide.histogram.edges.end(),
                    [](double edge) { return std::isfinite(edge); }));
  const Feature narrow = feature_of({"0.1", "0.10000000000000002", "0.1"});
  CHECK(std::is_sorted(narrow.histogram.edges.begin(), narrow.histogram.edges.end()));
  const auto& counts = narrow.histogram.counts;
  CHECK(std::accumulate(counts.begin(), counts.end(), std::uint64_t{0}) == 3);
}

TEST_CASE("A column of measurements is summarized like a column of texts", "[features]") {
  const std::vector<std::string> texts = {"0", "0.5", "1", "9.5", "10", "10", "NA"};
  const Feature expected = feature_of(texts);
  Table table = table_of(texts);
  Column& column = table.columns[0];
  column.is_numbers = true;
  column.numbers = {0, 0.5, 1, 9.5, 10, 10, std::numeric_limits<double>::quiet_NaN()};
  column.codes.clear();
  const Feature feature = infer(table).schema.features.at(0);
  CHECK(feature.minimum == expected.minimum);
  CHECK(feature.maximum == expected.maximum);
  CHECK(feature.missing == expected.missing);
  CHECK(feature.integers == expected.integers);
  CHECK(feature.histogram.counts == expected.histogram.counts);
  CHECK(complaint(table, as_categories()) ==
        "t.csv: column 'x': has thousands of different numbers; too many for categories or words");
}

TEST_CASE("The type of the target decides how its classes are written", "[features]") {
  const auto target = [](const std::vector<std::string>& texts) {
    return infer(target_table(texts)).schema.target;
  };
  CHECK(target({"1", "0", "1.0"}).type == TargetType::integer);
  CHECK(target({"1", "0", "1.0"}).classes == std::vector<std::string>{"0", "1"});
  CHECK(target({"0.5", "-1"}).task == Task::regression);
  CHECK(target({"True", "false", "true"}).type == TargetType::boolean);
  CHECK(target({"True", "false", "true"}).classes == std::vector<std::string>{"false", "true"});
  CHECK(target({"yes", "no"}).type == TargetType::string);
  CHECK(target({"1", "yes"}).type == TargetType::string);
}

TEST_CASE("Classes are in numeric order, texts in code-point order", "[features]") {
  CHECK(infer(target_table({"10", "9"})).schema.target.classes ==
        std::vector<std::string>{"9", "10"});
  CHECK(infer(target_table({"a", "B"})).schema.target.classes ==
        std::vector<std::string>{"B", "a"});
}

TEST_CASE("Rows without a target are counted and leave no trace in the features", "[features]") {
  const Table table =
      texts_table({"x", "y"}, {{"1", "0"}, {"999", "NA"}, {"2", "1"}, {"", ""}, {"3", "1.0"}});
  const InferredSchema inferred = infer(table);
  CHECK(inferred.rows_without_target == 2);
  CHECK(inferred.targets[0] == 0);
  CHECK(std::isnan(inferred.targets[1]));
  CHECK(inferred.targets[2] == 1);
  CHECK(std::isnan(inferred.targets[3]));
  CHECK(inferred.targets[4] == 1);
  CHECK(inferred.schema.target.counts == std::vector<std::uint64_t>{1, 2});
  CHECK(inferred.schema.features[0].maximum == 3);
  CHECK(inferred.schema.features[0].missing == 0);
}

TEST_CASE("A text only in rows without a target does not make a column categorical", "[features]") {
  const Table table = texts_table({"x", "y"}, {{"1", "0"}, {"?", "NA"}, {"2", "1"}});
  CHECK(infer(table).schema.features[0].kind == FeatureKind::numeric);
}

TEST_CASE("A target has two classes or more, or the error says which it has", "[features]") {
  CHECK(complaint(target_table({"1", "1.0", "1"})) ==
        "t.csv: column 'y': the target has one class only, 1");
  CHECK(complaint(target_table({"", "NA"})) ==
        "t.csv: column 'y': the target has no value in any row");
  CHECK(infer(target_table({"10", "2", "3"})).schema.target.classes ==
        std::vector<std::string>{"2", "3", "10"});
  CHECK(complaint(target_table(different_texts(3000))) ==
        "t.csv: column 'y': the values of the target are nearly all different; they are no "
        "classes");
  std::vector<std::string> repeated = different_texts(1001);
  for (const std::string& text : different_texts(1001)) repeated.push_back(text);
  CHECK(complaint(target_table(repeated)) ==
        "t.csv: column 'y': the target has 1001 classes (text 0, text 1, text 10, text 100, text "
        "1000, …); at most 1000 can be told apart");
}

TEST_CASE("The values of the target decide the task, unless one is named", "[features]") {
  const auto integers = [](int count) {
    std::vector<std::string> texts;
    for (int i = 0; i < count; ++i) texts.push_back(std::to_string(i));
    return target_table(texts);
  };
  CHECK(infer(integers(20)).schema.target.task == Task::classification);
  CHECK(infer(integers(21)).schema.target.task == Task::regression);
  InferOptions options;
  options.task = Task::classification;
  CHECK(infer(integers(21), options).schema.target.classes.size() == 21);
  options.task = Task::count;
  const InferredSchema counts = infer(integers(3), options);
  CHECK(counts.schema.target.task == Task::count);
  CHECK(counts.schema.target.classes.empty());
  CHECK(counts.schema.target.maximum == 2);
  CHECK(counts.schema.target.mean == 1);
  CHECK(counts.targets == std::vector<double>{0, 1, 2});
  CHECK(complaint(target_table({"1", "-1"}), options) ==
        "t.csv: column 'y': has a number below zero, which is no count");
  options.task = Task::regression;
  CHECK(complaint(target_table({"1", "x"}), options) ==
        "t.csv:3: column 'y': \"x\" is not a number");
  CHECK(complaint(target_table({"2", "2.0"}), options) ==
        "t.csv: column 'y': the target is 2 in every row");
}

TEST_CASE("Dates are dates, and their parts are those that vary", "[features]") {
  const Feature feature = feature_of({"2024-01-01", "2024-02-01", "", "2024-03-01"});
  CHECK(feature.kind == FeatureKind::date);
  CHECK(feature.missing == 1);
  CHECK(feature.date_parts ==
        std::vector<DatePart>{DatePart::month, DatePart::day_of_week, DatePart::day_of_year});
  CHECK(feature_of({"2024-01-01", "soon", "2024-02-01"}).kind == FeatureKind::categorical);
  CHECK(feature_of({"2024-01-01", "2024-02-01"}, as_categories()).kind == FeatureKind::categorical);
}

TEST_CASE("Long texts that are mostly different are text, with the rows of each word",
          "[features]") {
  std::vector<std::string> texts;
  for (int i = 0; i < 20; ++i)
    texts.push_back("The " + std::to_string(10 + i) + " of the words of this text");
  const Feature feature = feature_of(texts);
  CHECK(feature.kind == FeatureKind::text);
  CHECK(feature.categories.size() == 25);
  CHECK(feature.categories.front() == "10");
  CHECK(feature.counts.back() == 20);  // "words" in each
  CHECK(feature.words.find("the").has_value());
  InferOptions options;
  options.text = {"x"};
  CHECK(feature_of({"a word", "two words"}, options).kind == FeatureKind::text);
  CHECK(infer(target_table({"0", "1"})).schema.interactions.empty());
}

TEST_CASE("A missing value is an error where that is asked for", "[features]") {
  InferOptions options;
  options.refuse_missing = true;
  CHECK(complaint(table_of({"1", "", "2", "NA"}), options) ==
        "t.csv: column 'x': has no value in 2 rows, and --missing error refuses that");
  CHECK(infer(table_of({"1", "2"}), options).schema.refuses_missing);
}

TEST_CASE("Interactions are of numbers and categories that are features", "[features]") {
  const Table table = texts_table({"a", "b", "d", "y"},
                                  {{"1", "x", "2024-01-01", "0"}, {"2", "z", "2024-01-02", "1"}});
  InferOptions options;
  options.interactions = {{"b", "a"}};
  const InferredSchema inferred = infer(table, options);
  REQUIRE(inferred.schema.interactions.size() == 1);
  CHECK(inferred.schema.interactions[0].a == 1);
  CHECK(inferred.schema.interactions[0].b == 0);
  options.interactions = {{"a", "d"}};
  const auto error = error_of([&] { infer(table, options); });
  REQUIRE(error);
  CHECK(error->kind() == ErrorKind::invalid_argument);
  CHECK(std::string(error->what()) ==
        "--interaction: a:d has a date; only numbers and categories can be multiplied");
  options.interactions = {{"a", "b"}, {"b", "a"}};
  const auto twice = error_of([&] { infer(table, options); });
  REQUIRE(twice);
  CHECK(std::string(twice->what()) == "--interaction: b:a is named twice");
}

TEST_CASE("What stands among numbers and is none is named", "[features]") {
  std::vector<std::string> texts;
  for (int i = 0; i < 12; ++i) texts.push_back(std::to_string(i));
  texts.push_back("inf");
  const InferredSchema inferred = infer(table_of(texts));
  CHECK(inferred.schema.features[0].kind == FeatureKind::categorical);
  CHECK(inferred.warnings ==
        std::vector<std::string>{"column 'x' is taken as categories; \"inf\" is not a number"});
}

TEST_CASE("Spellings of one number are one category, named by the first", "[features]") {
  const Feature feature = feature_of({"3", "3.0", "4.0", "4", "007", "7"}, as_categories());
  CHECK(feature.categories == std::vector<std::string>{"007", "3", "4.0", "7"});
  CHECK(feature.counts == std::vector<std::uint64_t>{1, 2, 2, 1});
  CHECK(feature.index.code("4") == kFirstCategory + 2);
}
