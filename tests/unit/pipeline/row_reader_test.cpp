#include "pipeline/row_reader.hpp"

#include <cmath>
#include <cstdint>
#include <fstream>
#include <string>
#include <string_view>
#include <vector>

#include "support/catch_shim.hpp"

#include "support/errors.hpp"
#include "support/schemas.hpp"
#include "support/temporary_folder.hpp"

using namespace mlserve::pipeline;
using mlserve::ErrorKind;
using mlserve::data::CsvOptions;
using mlserve::data::Encoding;
using mlserve::data::memory_source;
using mlserve::features::Schema;
using mlserve::testing::error_of;
using mlserve::testing::passenger_schema;

namespace {

struct Content {
  std::vector<double> ages;
  std::vector<std::uint64_t> numbers;
  std::vector<std::string> problems;
  std::vector<std::string> kept;  ///< the first kept value of each row
};

Content read(std::string_view text, FileFormat format, const std::vector<std::string>& kept = {},
             const CsvOptions& csv = {}) {
  const Schema schema = passenger_schema();
  const auto reader = read_rows(memory_source(text), "t", format, schema, kept, csv);
  Content content;
  RowBlock block;
  while (reader->read(block)) {
    reader->parse(block);
    for (std::size_t row = 0; row < block.parsed.rows.size(); ++row) {
      content.ages.push_back(block.parsed.rows.columns()[0].numbers[row]);
      content.numbers.push_back(reader->number(block, row));
      if (!kept.empty()) content.kept.push_back(block.parsed.kept[row][0].text);
    }
    for (const auto& problem : block.parsed.problems) {
      content.problems.push_back(reader->describe(block, problem));
    }
  }
  return content;
}

std::string complaint(std::string_view text, FileFormat format) {
  const auto error = error_of([&] { read(text, format); });
  if (!error) return "";
  CHECK(error->kind() == ErrorKind::invalid_data);
  return error->what();
}

}  // namespace

TEST_CASE("Formats are known by name and by the ending of a file's name", "[pipeline]") {
  CHECK(parse_format("json") == FileFormat::json);
  CHECK(parse_format("jsonl") == FileFormat::jsonl);
  CHECK(parse_format("ndjson") == FileFormat::jsonl);
  CHECK(parse_format("csv") == FileFormat::csv);
  CHECK_FALSE(parse_format("xml").has_value());
  CHECK(format_of_path("a/b.c.json") == FileFormat::json);
  CHECK(format_of_path("b.ndjson.gz") == FileFormat::jsonl);
  CHECK(format_of_path("b.csv.gz") == FileFormat::csv);
  CHECK(format_of_path("B.CSV.GZ") == FileFormat::csv);
  CHECK(format_of_path("b.Json") == FileFormat::json);
  CHECK_FALSE(format_of_path("b").has_value());
  CHECK_FALSE(format_of_path("-").has_value());
  CHECK_FALSE(format_of_path("a.csv/b").has_value());
  CHECK_FALSE(format_of_path("b.gz").has_value());
}

TEST_CASE("The same rows come out of all three formats", "[pipeline]") {
  const std::vector<double> ages = {22, 38.5};
  CHECK(read("Age,Sex,Embarked\n22,male,S\n38.5,female,C\n", FileFormat::csv).ages == ages);
  CHECK(read(R"([{"Age":22},{"Age":38.5}])", FileFormat::json).ages == ages);
  CHECK(read("{\"Age\":22}\n{\"Age\":\"38.5\"}\n", FileFormat::jsonl).ages == ages);
}

TEST_CASE("The delimiter of CSV rows is found, or given with the encoding", "[pipeline]") {
  const std::vector<double> ages = {22};
  CHECK(read("Age;Sex;Embarked\n22;male;S\n", FileFormat::csv).ages == ages);
  const Content content = read("Age|Sex|Embarked|a;b;c;d;e\n22|male|S|\xE9;;;;\n", FileFormat::csv,
                               {"a;b;c;d;e"}, {'|', Encoding::latin1});
  CHECK(content.ages == ages);
  CHECK(content.kept == std::vector<std::string>{"é;;;;"});
  CHECK(read("Age;Sex;Embarked\n22,5;male;S\n", FileFormat::csv).problems ==
        std::vector<std::string>{"t:2: column 'Age': \"22,5\" is not a number: it has a decimal "
                                 "comma where a point belongs"});
}

TEST_CASE("Rows have the number of their line or record", "[pipeline]") {
  CHECK(read("Age,Sex,Embarked\n\n1,,\"a\nb\"\n2,,\n", FileFormat::csv).numbers ==
        std::vector<std::uint64_t>{3, 5});
  CHECK(read("\n{\"Age\":1}\n\n{\"Age\":2}", FileFormat::jsonl).numbers ==
        std::vector<std::uint64_t>{2, 4});
  CHECK(read("\n[{\"Age\":1},\n\n{\"Age\":2}]", FileFormat::json).numbers ==
        std::vector<std::uint64_t>{1, 2});
}

TEST_CASE("Problems are described with their place, as people read it", "[pipeline]") {
  CHECK(read("Age,Sex,Embarked\n1,,\nold,,\n2,\n", FileFormat::csv).problems ==
        std::vector<std::string>{"t:3: column 'Age': \"old\" is not a number",
                                 "t:4: has 2 fields where the header has 3"});
  CHECK(read("{\"Age\":1}\n{\"Age\":[]}\n[]\n", FileFormat::jsonl).problems ==
        std::vector<std::string>{"t:2: field 'Age': a list is not a number",
                                 "t:3: is not an object but a list"});
  CHECK(read(R"([{"Age":"old"},{}])", FileFormat::json).problems ==
        std::vector<std::string>{"t: record 1: field 'Age': \"old\" is not a number",
                                 "t: record 2: has none of the features Age, Sex, Embarked"});
}

TEST_CASE("A record that is no JSON is a problem of its own, the others are read", "[pipeline]") {
  const Content content =
      read("{\"Age\":1,\"id\":7}\n{\"Age\":\n{\"Age\":3,\"id\":9}\n", FileFormat::jsonl, {"id"});
  REQUIRE(content.problems.size() == 1);
  CHECK(content.problems[0].substr(0, 17) == "t:2: is not JSON:");
  CHECK(content.kept == std::vector<std::string>{"7", "", "9"});
  REQUIRE(content.ages.size() == 3);
  CHECK(std::isnan(content.ages[1]));
  CHECK(content.ages[2] == 3);
}

TEST_CASE("A file that cannot be followed any more is an error", "[pipeline]") {
  CHECK(complaint("[{\"Age\":1}", FileFormat::json) ==
        "t: record 1: the file ends in the middle of it");
  CHECK(complaint("Age,Sex,Embarked\n1,\"male,S\n", FileFormat::csv) ==
        "t:2: has a quoted field that is never closed");
  CHECK(complaint("", FileFormat::csv) == "t: is empty");
  CHECK(complaint("Sex,Embarked\n", FileFormat::csv) ==
        "t:1: has no column 'Age' (columns are: Sex, Embarked)");
}

TEST_CASE("An empty JSON Lines file, an empty list and a CSV header alone have no rows",
          "[pipeline]") {
  CHECK(read("", FileFormat::jsonl).ages.empty());
  CHECK(read("[]", FileFormat::json).ages.empty());
  CHECK(read("Age,Sex,Embarked\n", FileFormat::csv).ages.empty());
}

TEST_CASE("A block may be filled again and again, by readers of any format", "[pipeline]") {
  const Schema schema = passenger_schema();
  RowBlock block;
  for (const FileFormat format : {FileFormat::csv, FileFormat::jsonl, FileFormat::csv}) {
    const auto reader = read_rows(
        memory_source(format == FileFormat::csv ? "Age,Sex,Embarked\n5,,\n" : "{\"Age\":5}"), "t",
        format, schema, {});
    REQUIRE(reader->read(block));
    reader->parse(block);
    REQUIRE(block.parsed.rows.size() == 1);
    CHECK(block.parsed.rows.columns()[0].numbers[0] == 5);
    CHECK_FALSE(reader->read(block));
  }
}

TEST_CASE("Messages about a file name its path", "[pipeline]") {
  const mlserve::testing::TemporaryFolder folder;
  const std::string path = folder.file("t.jsonl");
  std::ofstream(path) << "{\"Age\":\"old\"}\n";
  const Schema schema = passenger_schema();
  const auto reader = open_rows(path, FileFormat::jsonl, schema, {});
  RowBlock block;
  REQUIRE(reader->read(block));
  reader->parse(block);
  REQUIRE(block.parsed.problems.size() == 1);
  CHECK(reader->describe(block, block.parsed.problems[0]) ==
        path + ":1: field 'Age': \"old\" is not a number");
}
