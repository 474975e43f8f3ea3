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
  return read_table(file_inputs(std::vector{path}), {}, threads, choose);
}

/// Reads texts as the files a.csv, b.csv, … of one folder.
Table table_of_files(const std::vector<std::string>& texts, unsigned threads = 1,
                     const ChooseColumns& choose = all) {
  const TemporaryFolder folder;
  std::vector<std::string> paths;
  for (const std::string& text : texts) {
    paths.push_back(folder.file(std::string(1, static_cast<char>('a' + paths.size())) + ".csv"));
    std::ofstream(paths.back(), std::ios::binary) << text;
  }
  return read_table(file_inputs(paths), {}, threads, choose);
}

/// What follows the last folder of `path_and_more`.
std::string without_folder(const std::string& path_and_more) {
  return path_and_more.substr(path_and_more.rfind('/') + 1);
}

std::string complaint(std::string_view text) {
  const auto error = error_of([&] { table_of(text); });
  if (!error) return "";
  CHECK(error->kind() == ErrorKind::invalid_data);
  return without_folder(error->what());
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
  const std::vector<std::string> lines = {"2", "3", "6", "9", "10"};
  REQUIRE(table.rows == lines.size());
  for (std::size_t row = 0; row < lines.size(); ++row)
    CHECK(without_folder(table.place_of(row)) == "t.csv:" + lines[row]);
}

TEST_CASE("The hash of the data tells every change of a cell", "[data]") {
  const std::string hash = table_of("a,b\n1,2\n").data_hash;
  CHECK(hash.size() == 64);
  CHECK(table_of("a,b\r\n\n1,2").data_hash == hash);
  CHECK(table_of("a,b\n1,3\n").data_hash != hash);
  CHECK(table_of("a,b\n1,2\n1,2\n").data_hash != hash);
}

TEST_CASE("Errors of a table name file and line", "[data]") {
  CHECK(complaint("a,b\n") == "t.csv: no row follows the header");
  CHECK(complaint("") == "t.csv: is empty");
  CHECK(complaint("a,b\n1,2\n3\n") == "t.csv:3: has 1 fields where the header has 2");
  CHECK(complaint("a,b\n1,\xFF\n").starts_with("t.csv:2: is not valid UTF-8"));
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
  const std::vector<std::string> paths = {std::string(5000, 'x')};
  const auto error = error_of([&] { read_table(file_inputs(paths), {}, 1, all); });
  REQUIRE(error);
  CHECK(error->kind() == ErrorKind::corrupt);
}

TEST_CASE("Several files make one table, their columns put together by name", "[data]") {
  const Table table = table_of_files({"a,b\n1,x\n\n2,y\n", "b;a\n\nx;3\n", "a\tb\n4\tz"});
  REQUIRE(table.rows == 4);
  const std::vector<std::pair<std::string, std::string>> cells = {
      {"1", "x"}, {"2", "y"}, {"3", "x"}, {"4", "z"}};
  for (std::size_t row = 0; row < cells.size(); ++row) {
    CHECK(cell(*table.find("a"), row) == cells[row].first);
    CHECK(cell(*table.find("b"), row) == cells[row].second);
  }
  CHECK(table.find("b")->dictionary.size() == 3);
  CHECK(without_folder(table.source) == "a.csv and 2 more");
}

TEST_CASE("Every row of several files knows its file and line", "[data]") {
  const Table table = table_of_files({"a\n1\n\n2\n", "a\n", "\na\n3\n4\n", "a\n5\n"});
  REQUIRE(table.rows == 5);
  const std::vector<std::string> places = {"a.csv:2", "a.csv:4", "c.csv:3", "c.csv:4", "d.csv:2"};
  for (std::size_t row = 0; row < places.size(); ++row)
    CHECK(without_folder(table.place_of(row)) == places[row]);
}

TEST_CASE("Several files are the same for any number of threads, and read twice if need be",
          "[data]") {
  const std::vector<std::string> texts = {many_rows(), "kind,x,n\nlate,unknown,0.50\n",
                                          many_rows()};
  const Table one = table_of_files(texts, 1);
  const Table three = table_of_files(texts, 3);
  CHECK(one.data_hash == three.data_hash);
  for (const Table& table : {one, three}) {
    REQUIRE(table.rows == 2 * kManyRows + 1);
    CHECK(table.columns[0].is_numbers);
    CHECK(table.columns[0].numbers[kManyRows] == 0.5);
    CHECK(table.columns[0].numbers[2 * kManyRows] == kManyRows - 1);
    REQUIRE_FALSE(table.columns[1].is_numbers);
    CHECK(cell(table.columns[1], kManyRows) == "unknown");
    CHECK(cell(table.columns[1], 1) == "7919.25");
  }
  CHECK(one.columns[1].codes == three.columns[1].codes);
}

TEST_CASE("A file that has other columns than the first is an error that names the column",
          "[data]") {
  const auto message = [](const std::string& second) {
    const auto error = error_of([&] { table_of_files({"a,b\n1,2\n", second}); });
    REQUIRE(error);
    CHECK(error->kind() == ErrorKind::invalid_data);
    std::string words = error->what();
    const std::size_t folder = words.rfind("which /");
    if (folder != std::string::npos) words.erase(folder + 6, words.rfind('/') - folder - 5);
    return words.substr(words.find("b.csv"));
  };
  CHECK(message("\nb\n1\n") == "b.csv:2: has no column 'a', which a.csv has");
  CHECK(message("c,b,a\n1,2,3\n") == "b.csv:1: has a column 'c', which a.csv has not");
  CHECK(message("a,b\n1,2\n3\n") == "b.csv:3: has 1 fields where the header has 2");
}

TEST_CASE("The hash of several files tells their order and the order of their columns", "[data]") {
  const std::string hash = table_of_files({"a,b\n1,2\n", "a,b\n3,4\n"}).data_hash;
  CHECK(table_of_files({"a,b\n1,2\n", "a,b\r\n3,4"}).data_hash == hash);
  CHECK(table_of_files({"a,b\n3,4\n", "a,b\n1,2\n"}).data_hash != hash);
  CHECK(table_of_files({"a,b\n1,2\n", "b,a\n3,4\n"}).data_hash != hash);
}

TEST_CASE("Files without a row make no table together", "[data]") {
  const auto error = error_of([] { table_of_files({"a\n", "a\n"}); });
  REQUIRE(error);
  CHECK(without_folder(error->what()) == "a.csv and 1 more: no row follows the header");
}

TEST_CASE("Options of CSV reach the table", "[data]") {
  const TemporaryFolder folder;
  const std::string path = folder.file("t.csv");
  std::ofstream(path, std::ios::binary) << "a;b|c\n\xFC;1|2\n";
  const Table table = read_table(file_inputs(std::vector{path}), {'|', Encoding::latin1}, 1, all);
  REQUIRE(table.columns.size() == 2);
  CHECK(table.columns[0].name == "a;b");
  CHECK(cell(table.columns[0], 0) == "ü;1");
}

TEST_CASE("Long texts that are all different are kept each", "[data]") {
  std::string text = "n,document\n";
  const std::string words(5000, 'w');
  for (int i = 0; i < 2000; ++i)
    text += std::to_string(i) + ",\"" + words + std::to_string(i) + "\"\n";
  const Table table = table_of(text, 2);
  REQUIRE(table.rows == 2000);
  CHECK(table.columns[1].dictionary.size() == 2000);
  CHECK(cell(table.columns[1], 1999) == words + "1999");
}
