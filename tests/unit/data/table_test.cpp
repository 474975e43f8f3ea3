#include "data/table.hpp"

#include <cmath>
#include <cstdint>
#include <fstream>
#include <limits>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "support/catch_shim.hpp"

#include "core/number.hpp"
#include "support/errors.hpp"
#include "support/temporary_folder.hpp"

using namespace mlserve::data;
using mlserve::ErrorKind;
using mlserve::testing::error_of;
using mlserve::testing::TemporaryFolder;

namespace {

std::vector<std::string> all(const std::vector<std::string>& header) { return header; }

/// Reads `text` as a file of some name.
Table table_of(std::string_view text, unsigned threads = 1, const ChooseColumns& choose = all) {
  const TemporaryFolder folder;
  const std::string path = folder.file("t.csv");
  std::ofstream(path, std::ios::binary) << text;
  return read_table(path, threads, choose);
}

std::string complaint(std::string_view text) {
  const auto error = error_of([&] { table_of(text); });
  if (!error) return "";
  CHECK(error->kind() == ErrorKind::invalid_data);
  const std::string message = error->what();
  return message.substr(message.rfind('/') + 1);
}

/// Cell `row` of a column as text; numbers as the shortest text, missing ones as "".
std::string cell(const Column& column, std::size_t row) {
  if (!column.is_numbers) return std::string(column.dictionary.text(column.codes[row]));
  return std::isnan(column.numbers[row]) ? "" : mlserve::format_double(column.numbers[row]);
}

constexpr int kManyRows = 60'000;

/// More than a megabyte: an integer, a measurement, a category of changing frequency.
std::string many_rows() {
  std::string text = "n,x,kind\n";
  for (int i = 0; i < kManyRows; ++i) {
    text += std::to_string(i) + ',';
    if (i % 7 != 0) text += std::to_string((i * 7919) % 100'003) + ".25";
    text += i % 1000 == 0 ? ",rare\n" : (i % 3 == 0 ? ",\"a, b\"\n" : ",common text\n");
  }
  return text;
}

}  // namespace

TEST_CASE("Table keeps each different text once, missing markers too", "[data]") {
  const Table table = table_of("a,b\nx,1\ny,NA\nx,1.0\n");
  CHECK(table.rows == 3);
  REQUIRE(table.columns.size() == 2);
  const Column& a = *table.find("a");
  CHECK_FALSE(a.is_numbers);
  CHECK(a.codes == std::vector<std::uint32_t>{0, 1, 0});
  CHECK(a.dictionary.size() == 2);
  const Column& b = *table.find("b");
  CHECK_FALSE(b.is_numbers);
  CHECK(cell(b, 1) == "NA");
  CHECK(cell(b, 2) == "1.0");
  CHECK(table.find("c") == nullptr);
}

TEST_CASE("Table has the chosen columns in the order chosen", "[data]") {
  const Table table = table_of("a,b,c\n1,2,3\n", 1, [](const auto& header) {
    CHECK(header == std::vector<std::string>{"a", "b", "c"});
    return std::vector<std::string>{"c", "a"};
  });
  REQUIRE(table.columns.size() == 2);
  CHECK(table.columns[0].name == "c");
  CHECK(cell(table.columns[0], 0) == "3");
  CHECK(cell(table.columns[1], 0) == "1");
}

TEST_CASE("The table is the same for any number of threads", "[data]") {
  const std::string text = many_rows();
  const Table one = table_of(text, 1);
  for (const unsigned threads : {2U, 5U}) {
    const Table table = table_of(text, threads);
    CHECK(table.data_hash == one.data_hash);
    CHECK(table.rows == one.rows);
    CHECK(table.line_starts == one.line_starts);
    for (std::size_t c = 0; c < one.columns.size(); ++c) {
      CHECK(table.columns[c].is_numbers == one.columns[c].is_numbers);
      CHECK(table.columns[c].codes == one.columns[c].codes);
      std::size_t different = 0;
      for (std::size_t row = 0; row < one.rows; ++row) {
        different += cell(table.columns[c], row) != cell(one.columns[c], row);
      }
      CHECK(different == 0);
    }
  }
}

TEST_CASE("A column of thousands of different numbers becomes numbers", "[data]") {
  const Table table = table_of(many_rows());
  CHECK(table.rows == kManyRows);
  CHECK(table.columns[0].is_numbers);
  REQUIRE(table.columns[1].is_numbers);
  CHECK_FALSE(table.columns[2].is_numbers);
  CHECK(std::isnan(table.columns[1].numbers[7]));
  CHECK(table.columns[1].numbers[1] == 7919.25);
  CHECK(table.columns[0].numbers[kManyRows - 1] == kManyRows - 1);
  CHECK(table.columns[1].dictionary.size() == 0);
}

TEST_CASE("Late texts make such columns texts again, all of them as they stand", "[data]") {
  std::string text = many_rows();
  text += "unknown,0.50,common text\n7,n.a.,common text\n";
  const Table table = table_of(text, 2);
  REQUIRE(table.rows == kManyRows + 2);
  for (const Column& column : table.columns) CHECK_FALSE(column.is_numbers);
  CHECK(cell(table.columns[0], kManyRows) == "unknown");
  CHECK(cell(table.columns[1], kManyRows) == "0.50");
  CHECK(cell(table.columns[1], kManyRows + 1) == "n.a.");
  CHECK(cell(table.columns[1], 1) == "7919.25");
}

TEST_CASE("Early texts keep such a column from becoming numbers", "[data]") {
  std::string text = "x\n";
  for (int i = 0; i < 200; ++i) text += "word\n";
  text += "a longer text to fill the first block\n";
  for (int i = 0; i < 200'000; ++i) text += std::to_string(i) + '\n';
  const Table table = table_of(text);
  CHECK_FALSE(table.columns[0].is_numbers);
  CHECK(table.rows == 200'201);
  CHECK(cell(table.columns[0], 200'200) == "199999");
}

TEST_CASE("A file is read twice at most, however many columns have late texts", "[data]") {
  constexpr int kColumns = 8;
  std::string text;
  for (int c = 0; c < kColumns; ++c) text += (c > 0 ? ",c" : "c") + std::to_string(c);
  for (int i = 0; i < 5000; ++i) {
    text += '\n' + std::to_string(i);
    for (int c = 1; c < kColumns; ++c) text += ',' + std::to_string(i);
  }
  for (int late = 0; late < kColumns; ++late) {
    text += '\n';
    for (int c = 0; c < kColumns; ++c)
      text += (c > 0 ? "," : "") + std::string(c == late ? "late" : "1");
  }
  int passes = 0;
  const Table table = table_of(text, 1, [&](const auto& header) {
    ++passes;
    return header;
  });
  CHECK(passes == 2);
  for (int c = 0; c < kColumns; ++c) {
    CHECK(cell(table.columns[static_cast<std::size_t>(c)], static_cast<std::size_t>(5000 + c)) ==
          "late");
  }
}

TEST_CASE("Every row knows its line", "[data]") {
  const Table table = table_of("a,b\n1,2\n\"x\ny\nz\",2\n3,4\n\n\n5,6\n7,8\n");
  const std::vector<std::uint64_t> lines = {2, 3, 6, 9, 10};
  REQUIRE(table.rows == lines.size());
  for (std::size_t row = 0; row < lines.size(); ++row) CHECK(table.line_of(row) == lines[row]);
}

TEST_CASE("The hash of the data tells every change of a cell", "[data]") {
  const std::string hash = table_of("a,b\n1,2\n").data_hash;
  CHECK(hash.size() == 64);
  CHECK(table_of("a,b\r\n\n1,2").data_hash == hash);
  CHECK(table_of("a,b\n1,3\n").data_hash != hash);
  CHECK(table_of("a,b\n1,2\n1,2\n").data_hash != hash);
}

TEST_CASE("Errors of a table name file and line", "[data]") {
  CHECK(complaint("a,b\n") == "t.csv: has a header but no rows");
  CHECK(complaint("") == "t.csv: is empty");
  CHECK(complaint("a,b\n1,2\n3\n") == "t.csv:3: has 1 fields where the header has 2");
  CHECK(complaint("a,b\n1,\xFF\n") == "t.csv:2: is not valid UTF-8");
}

TEST_CASE("The first bad row of several is named, for any number of threads", "[data]") {
  std::string text = many_rows() + "1,2\n" + many_rows() + "\xFF\n";
  for (const unsigned threads : {1U, 3U}) {
    const auto error = error_of([&] { table_of(text, threads); });
    REQUIRE(error);
    CHECK(std::string(error->what()).find("t.csv:60002: has 2 fields") != std::string::npos);
  }
}

TEST_CASE("A path that cannot be looked at is an error of its own kind", "[data]") {
  const auto error = error_of([] { read_table(std::string(5000, 'x'), 1, all); });
  REQUIRE(error);
  CHECK(error->kind() == ErrorKind::corrupt);
}
