#include "data/csv_writer.hpp"

#include <string>
#include <string_view>

#include "support/catch_shim.hpp"

#include "data/csv_reader.hpp"

using namespace mlserve::data;

namespace {

std::string csv_field(std::string_view text) {
  std::string out;
  append_csv_field(out, text);
  return out;
}

}  // namespace

TEST_CASE("A field is written as it is unless CSV needs quotes", "[data]") {
  CHECK(csv_field("") == "");
  CHECK(csv_field("Müller; 22.5 'x'") == "Müller; 22.5 'x'");
  CHECK(csv_field("a,b") == R"("a,b")");
  CHECK(csv_field(R"(5" pipe)") == R"("5"" pipe")");
  CHECK(csv_field("two\nlines") == "\"two\nlines\"");
  CHECK(csv_field("a\rb") == "\"a\rb\"");
  CHECK(csv_field(" a") == R"(" a")");
  CHECK(csv_field("a\t") == "\"a\t\"");
}

TEST_CASE("What is appended stands behind what is there", "[data]") {
  std::string out = "1,";
  append_csv_field(out, "a,b");
  CHECK(out == R"(1,"a,b")");
}

TEST_CASE("The CSV reader reads every field back as it was", "[data]") {
  for (const std::string text :
       {"plain", "a,b", "\"", "\"\"", "a\"b", " blanks ", "\t", "x\n\ny", "ä,\"ö\"", "a\rb"}) {
    const std::string file = "v,w\n" + csv_field(text) + ",1\n";
    CsvReader reader(memory_source(file), "t.csv");
    CsvBlock block;
    REQUIRE(reader.read_block(block));
    reader.check(block);
    std::string_view fields[2];
    reader.split(block, 0, column_slots(reader.header(), reader.header()), fields);
    CHECK(fields[0] == text);
    CHECK(fields[1] == "1");
  }
}
