#include "features/json_row_builder.hpp"

#include <cmath>
#include <string>
#include <vector>

#include "support/catch_shim.hpp"

#include "data/byte_source.hpp"
#include "features/csv_rows.hpp"
#include "features/json_document.hpp"
#include "support/errors.hpp"
#include "support/schemas.hpp"

using namespace mlserve::features;
using mlserve::ErrorKind;
using mlserve::testing::error_of;
using mlserve::testing::passenger_schema;

namespace {

using Names = std::vector<std::string>;
using Value = JsonRowBuilder::Value;

/// Rows built from lists of values; a document has to be kept while its values are used.
class Bench {
 public:
  explicit Bench(Schema schema = passenger_schema()) : schema_(std::move(schema)) {
    parsed.start(schema_);
  }

  void add_values(const JsonHeader& header, std::string_view list,
                  ValueForm form = ValueForm::plain) {
    std::vector<Value> values;
    for (const Value value : document_.read(list).get_array()) values.push_back(value);
    builder.append_values(header, values, parsed, form);
  }
  void add_record(std::string_view record, ValueForm form = ValueForm::plain,
                  const JsonRowBuilder::Object* shared = nullptr) {
    builder.append_record(document_.read(record, NanTokens::accept), parsed, form, shared);
  }

  double age() const { return parsed.rows.columns()[0].numbers.back(); }
  std::uint32_t sex() const { return parsed.rows.columns()[1].codes.back(); }
  std::uint32_t port() const { return parsed.rows.columns()[2].codes.back(); }

  /// The last problem, as "row field: detail".
  std::string problem() const {
    if (parsed.problems.empty()) return "";
    const RowProblem& last = parsed.problems.back();
    return std::to_string(last.row) + " " + last.field + ": " + last.detail;
  }

 private:
  Schema schema_;
  JsonDocument document_;

 public:
  JsonRowBuilder builder{schema_};
  ParsedRows parsed;
};

Schema text_schema() {
  Schema schema = passenger_schema();
  Feature text;
  text.name = "review";
  text.kind = FeatureKind::text;
  text.categories = {"good", "very"};
  text.counts = {1, 1};
  text.index_categories();
  schema.features.push_back(text);
  return schema;
}

}  // namespace

TEST_CASE("A table's columns are found in any order, unknown ones are ignored", "[features]") {
  Bench bench;
  const JsonHeader header = bench.builder.header({"Embarked", "id", "Age", "Sex"});
  bench.add_values(header, R"(["S",{"x":1},"22","male"])");
  CHECK(bench.problem() == "");
  CHECK(bench.age() == 22);
  CHECK(bench.sex() == kFirstCategory + 1);
  CHECK(bench.port() == kFirstCategory + 2);
  bench.add_values(bench.builder.feature_order(), R"([null,"female","C"])");
  CHECK(std::isnan(bench.age()));
  CHECK(bench.sex() == kFirstCategory);
}

TEST_CASE("A table that lacks a feature, or has it twice, is refused with the names",
          "[features]") {
  const Bench bench;
  const auto complaint = [&](Names names) -> std::string {
    const auto error = error_of([&] { bench.builder.header(std::move(names)); });
    if (!error) return "";
    CHECK(error->kind() == ErrorKind::invalid_data);
    return error->what();
  };
  CHECK(complaint({"age", "Sex", "Embarked"}) ==
        "has no column 'Age'; did you mean 'age'? (columns are: age, Sex, Embarked)");
  CHECK(complaint({"Age", "Sex", "Embarked", "Sex"}) == "has two columns 'Sex'");
  CHECK(complaint({"Age", "Sex", "Embarked", "x", "x"}) == "");
}

TEST_CASE("A row of another count of values is a problem, and stands there", "[features]") {
  Bench bench;
  const JsonHeader header = bench.builder.feature_order();
  bench.add_values(header, "[1]");
  CHECK(bench.problem() == "0 : has 1 values where there are 3 columns");
  bench.add_values(header, R"(["old","male","S"])");
  CHECK(bench.problem() == "1 Age: \"old\" is not a number");
  CHECK(bench.parsed.rows.size() == 2);
}

TEST_CASE("Texts are built row by row, as columns too", "[features]") {
  Bench bench(text_schema());
  const JsonHeader header = bench.builder.header({"review", "Age", "Sex", "Embarked"});
  bench.add_values(header, R"(["very very good",1,"male","S"])");
  bench.add_values(header, R"([null,1,"male","S"])");
  bench.add_values(header, R"(["good",1,"male","S"])");
  const auto& column = bench.parsed.rows.columns()[3];
  REQUIRE(column.words_of(0).size() == 2);
  CHECK(column.words_of(0)[1].count == 2);
  CHECK(column.words_of(1).empty());
  CHECK(column.words_of(2).size() == 1);
  CHECK(bench.problem() == "");
}

TEST_CASE("A model that refuses missing values says which one is, in every layout", "[features]") {
  Schema schema = passenger_schema();
  schema.refuses_missing = true;
  Bench bench(schema);
  bench.add_values(bench.builder.feature_order(), R"([1,null,"S"])");
  CHECK(bench.problem() == "0 Sex: is missing, which this model refuses");
  bench.add_record(R"({"Age":1,"Sex":"male"})");
  CHECK(bench.problem() == "1 Embarked: is missing, which this model refuses");
}

TEST_CASE("In tensors a list of one value is the value, and b64 are the bytes of a string",
          "[features]") {
  Bench bench;
  bench.add_record(R"({"Age":[[22]],"Sex":[{"b64":"bWFsZQ=="}],"Embarked":{"b64":"Uw"}})",
                   ValueForm::tensor);
  CHECK(bench.problem() == "");
  CHECK(bench.age() == 22);
  CHECK(bench.sex() == kFirstCategory + 1);
  CHECK(bench.port() == kFirstCategory + 2);
  bench.add_record(R"({"Age":{"b64":"MjI="}})", ValueForm::tensor);
  CHECK(bench.age() == 22);
  for (const char* sex : {R"({"b64":"?"})", R"({"b64":"/w=="})", R"({"b64":"bWFsZQ==","x":1})",
                          R"({"b64":1})", "{}"}) {
    bench.add_record(std::string(R"({"Age":1,"Sex":)") + sex + "}", ValueForm::tensor);
    CHECK(bench.problem().ends_with("Sex: an object is not a string"));
  }
  bench.add_record(R"({"Age":[1,2]})", ValueForm::tensor);
  CHECK(bench.problem().ends_with("Age: a list is not a number"));
  bench.add_record(R"({"Age":[1]})");
  CHECK(bench.problem().ends_with("Age: a list is not a number"));
}

TEST_CASE("Fields that all records share are set in each, and stand in none", "[features]") {
  Bench bench;
  JsonDocument document;
  const JsonRowBuilder::Object shared =
      document.read(R"({"Sex":"male","Embarked":"S","x":1})").get_object();
  bench.add_record(R"({"Age":3})", ValueForm::plain, &shared);
  CHECK(bench.problem() == "");
  CHECK(bench.age() == 3);
  CHECK(bench.sex() == kFirstCategory + 1);
  bench.add_record("{}", ValueForm::plain, &shared);
  CHECK(bench.problem() == "");
  bench.add_record(R"({"Sex":"female"})", ValueForm::plain, &shared);
  CHECK(bench.problem() == "2 Sex: stands among the fields of all records, too");
}

TEST_CASE("NaN, where it is accepted, is missing; Infinity is too large", "[features]") {
  Bench bench;
  bench.add_record(R"({"Age":NaN,"Sex":"NaN, \"NaN","Embarked":"S"})");
  CHECK(bench.problem() == "");
  CHECK(std::isnan(bench.age()));
  CHECK(bench.sex() == kUnknown);
  bench.add_record(R"({"Age":-Infinity})");
  CHECK(bench.problem() == "1 Age: \"-Infinity\" is not a number");
  JsonDocument document;
  CHECK(error_of([&] { document.read("[NaN]"); }));
  CHECK(error_of([&] { document.read("[NaN", NanTokens::accept); }));
  CHECK(error_of([&] { document.read("[nan]", NanTokens::accept); }));
  CHECK(error_of([&] { document.read("[NaNNaN]", NanTokens::accept); }));
}

TEST_CASE("Records are captured with all their fields but those left out", "[features]") {
  Bench bench;
  const RecordCapture capture{{"name", "Sex"}};
  bench.parsed.capture = &capture;
  bench.add_record(R"({"Age": 22.50, "name": "Ann", "Sex": "male", "more": {"a": [1, null]}})");
  bench.add_values(bench.builder.header({"Embarked", "id", "Age", "Sex", "name"}),
                   R"(["S", 7, null, "male", 3])");
  REQUIRE(bench.parsed.records.size() == 2);
  CHECK(bench.parsed.records[0] == R"({"Age":22.5,"more":{"a":[1,null]}})");
  CHECK(bench.parsed.records[1] == R"({"Embarked":"S","id":7,"Age":null})");
  bench.add_record("7");
  CHECK(bench.parsed.records.size() == 3);
  bench.parsed.start(passenger_schema());
  CHECK(bench.parsed.records.empty());
  CHECK(bench.parsed.capture == &capture);
}

TEST_CASE("Records of a CSV are captured as strings", "[features]") {
  const Schema schema = passenger_schema();
  mlserve::data::CsvReader csv(
      mlserve::data::memory_source("Age,Sex,Embarked,id\n22,\"a\"\"b\",,7\n1\n"), "body", {});
  const CsvRowParser parser(schema, csv);
  const RecordCapture capture{{"id"}};
  ParsedRows parsed;
  parsed.start(schema);
  parsed.capture = &capture;
  mlserve::data::CsvBlock block;
  REQUIRE(csv.read_block(block));
  parser.parse(block, parsed);
  REQUIRE(parsed.records.size() == 2);
  CHECK(parsed.records[0] == R"({"Age":"22","Sex":"a\"b","Embarked":""})");
}
