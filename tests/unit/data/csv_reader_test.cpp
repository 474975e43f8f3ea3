#include "data/csv_reader.hpp"

#include <algorithm>
#include <cstddef>
#include <cstring>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "support/catch_shim.hpp"

#include "support/errors.hpp"

using namespace mlserve::data;
using mlserve::Error;
using mlserve::ErrorKind;
using mlserve::testing::error_of;

namespace {

using Rows = std::vector<std::vector<std::string>>;

struct Content {
  std::vector<std::string> header;
  Rows rows;
  std::vector<std::uint64_t> lines;  ///< of each row
  std::size_t blocks = 0;
};

Content read_source(std::unique_ptr<ByteSource> source, const CsvOptions& options = {}) {
  CsvReader reader(std::move(source), "t.csv", options);
  const std::vector<int> slots = column_slots(reader.header(), reader.header());
  std::vector<std::string_view> fields(slots.size());
  Content content{reader.header(), {}, {}, 0};
  CsvBlock block;
  while (reader.read_block(block)) {
    ++content.blocks;
    reader.check(block);
    for (std::size_t i = 0; i < block.records.size(); ++i) {
      try {
        reader.split(block, i, slots, fields);
      } catch (const Error& error) {
        throw Error(error.kind(), reader.at_line(block.records[i].line, error.what()));
      }
      content.rows.emplace_back(fields.begin(), fields.end());
      content.lines.push_back(block.records[i].line);
    }
  }
  return content;
}

Content read(std::string_view text, const CsvOptions& options = {}) {
  return read_source(memory_source(text), options);
}

Rows rows_of(std::string_view text, const CsvOptions& options = {}) {
  return read(text, options).rows;
}

/// The message about `text`, or "" when it is read without one.
std::string complaint(std::string_view text) {
  const auto error = error_of([&] { read(text); });
  if (!error) return "";
  CHECK(error->kind() == ErrorKind::invalid_data);
  return error->what();
}

/// Gives `text` again and again, `count` times, in reads of at most `step` bytes.
class RepeatingSource final : public ByteSource {
 public:
  RepeatingSource(std::string text, std::size_t count, std::size_t step)
      : text_(std::move(text)), bytes_left_(text_.size() * count), step_(step) {}

  std::size_t read(char* buffer, std::size_t size) override {
    const std::size_t count = std::min({size, step_, bytes_left_, text_.size() - position_});
    text_.copy(buffer, count, position_);
    position_ = (position_ + count) % text_.size();
    bytes_left_ -= count;
    return count;
  }

 private:
  std::string text_;
  std::size_t bytes_left_;
  std::size_t step_;
  std::size_t position_ = 0;
};

/// One source after the other.
class ChainedSource final : public ByteSource {
 public:
  ChainedSource(std::unique_ptr<ByteSource> first, std::unique_ptr<ByteSource> second)
      : first_(std::move(first)), second_(std::move(second)) {}

  std::size_t read(char* buffer, std::size_t size) override {
    const std::size_t count = first_->read(buffer, size);
    return count > 0 ? count : second_->read(buffer, size);
  }

 private:
  std::unique_ptr<ByteSource> first_;
  std::unique_ptr<ByteSource> second_;
};

std::unique_ptr<ByteSource> repeated(std::string_view head, std::string text, std::size_t count,
                                     std::string_view tail = {}) {
  constexpr std::size_t kStep = 100'003;
  auto body = std::make_unique<RepeatingSource>(std::move(text), count, kStep);
  auto rest = std::make_unique<ChainedSource>(std::move(body), memory_source(tail));
  return std::make_unique<ChainedSource>(memory_source(head), std::move(rest));
}

}  // namespace

TEST_CASE("A plain file has a header and rows, with their lines", "[data]") {
  const Content content = read("name,age\nAnn,30\nBob,\n");
  CHECK(content.header == std::vector<std::string>{"name", "age"});
  CHECK(content.rows == Rows{{"Ann", "30"}, {"Bob", ""}});
  CHECK(content.lines == std::vector<std::uint64_t>{2, 3});
}

// The twelve small things that CSV readers get wrong, as npm's csv-spectrum lists them.

TEST_CASE("A comma in quotes belongs to its field", "[data]") {
  CHECK(rows_of("name,town,zip\nOtto,\"12, Elm Road, Leeds\",LS1\n") ==
        Rows{{"Otto", "12, Elm Road, Leeds", "LS1"}});
}

TEST_CASE("Empty fields are empty, with quotes or without", "[data]") {
  CHECK(rows_of("a,b,c\n1,\"\",\"\"\n2,,\n") == Rows{{"1", "", ""}, {"2", "", ""}});
  CHECK(rows_of("a,b,c\r\n1,\"\",\"\"\r\n,3,\r\n") == Rows{{"1", "", ""}, {"", "3", ""}});
}

TEST_CASE("Doubled quotes in a quoted field are one quote", "[data]") {
  CHECK(rows_of("a,b\n1,\"so \"\"good\"\"!\"\n2,\"\"\"\"\n") ==
        Rows{{"1", "so \"good\"!"}, {"2", "\""}});
}

TEST_CASE("JSON in a CSV field comes out whole", "[data]") {
  CHECK(rows_of("id,shape\n7,\"{\"\"type\"\": \"\"Point\"\", \"\"at\"\": [2.5, -1]}\"\n") ==
        Rows{{"7", R"({"type": "Point", "at": [2.5, -1]})"}});
}

TEST_CASE("A line break in quotes belongs to its field, and the next row knows its line",
          "[data]") {
  const Content content = read("a,b\n1,\"two\nlines\"\n\"\n\n\",x\n3,4\n");
  CHECK(content.rows == Rows{{"1", "two\nlines"}, {"\n\n", "x"}, {"3", "4"}});
  CHECK(content.lines == std::vector<std::uint64_t>{2, 4, 7});
}

TEST_CASE("CRLF ends a line as LF does; inside quotes it is given as LF", "[data]") {
  CHECK(rows_of("a,b\r\n1,2\r\n3,\"x\r\ny\"\r\n") == Rows{{"1", "2"}, {"3", "x\ny"}});
}

TEST_CASE("Quotes and line breaks in one field do not disturb each other", "[data]") {
  CHECK(rows_of("a,b\n1,\"ha \n\"\"ha\"\" \nha\"\n3,4\n") ==
        Rows{{"1", "ha \n\"ha\" \nha"}, {"3", "4"}});
}

TEST_CASE("Any UTF-8 passes as it is", "[data]") {
  CHECK(rows_of("ä,b\n日本,ʤ\n\U0001F6A2,\"é\"\n") == Rows{{"日本", "ʤ"}, {"\U0001F6A2", "é"}});
}

TEST_CASE("A simple file reads the same with and without a last line break", "[data]") {
  CHECK(rows_of("a,b\n1,2") == Rows{{"1", "2"}});
  CHECK(rows_of("a,b\r\n1,2\r") == Rows{{"1", "2"}});
  CHECK(rows_of("a,b\n1,\"2\n\"") == Rows{{"1", "2\n"}});
}

TEST_CASE("A byte-order mark is no part of the first name", "[data]") {
  CHECK(read("\xEF\xBB\xBF"
             "a,b\n1,2\n")
            .header == std::vector<std::string>{"a", "b"});
  CHECK(read("\xEF\xBB\xBF\"a,x\",b\n1,2\n").header == std::vector<std::string>{"a,x", "b"});
}

TEST_CASE("Blank lines are passed over, with blanks in them or not", "[data]") {
  const Content content = read("\n  \na,b\n\n1,2\r\n\r\n \t \n3,4\n\n");
  CHECK(content.header == std::vector<std::string>{"a", "b"});
  CHECK(content.rows == Rows{{"1", "2"}, {"3", "4"}});
  CHECK(content.lines == std::vector<std::uint64_t>{5, 8});
}

TEST_CASE("The header knows its line", "[data]") {
  CHECK(CsvReader(memory_source("a\n"), "t").header_line() == 1);
  CHECK(CsvReader(memory_source("\n\r\n\"a\nb\"\n"), "t").header_line() == 3);
}

TEST_CASE("Blanks around fields and quotes are left out, blanks in quotes stay", "[data]") {
  CHECK(rows_of(" a ,\tb\n 1\t, \" x \" \n") == Rows{{"1", " x "}});
}

TEST_CASE("A file of one column has rows of one field", "[data]") {
  CHECK(rows_of("a\n1\n\"\"\n2\n") == Rows{{"1"}, {""}, {"2"}});
}

TEST_CASE("An empty name in the header is named by its place", "[data]") {
  CHECK(read(",a,\"\"\n1,2,3\n").header ==
        std::vector<std::string>{"Unnamed: 0", "a", "Unnamed: 2"});
}

TEST_CASE("Header errors name file and line", "[data]") {
  CHECK(complaint("") == "t.csv: is empty");
  CHECK(complaint("\xEF\xBB\xBF\n \n") == "t.csv: is empty");
  CHECK(complaint("\nb,a,b\n") == "t.csv:2: column 'b' appears twice");
  CHECK(complaint("a,\"b\" c\n1,2\n") ==
        "t.csv:1: has a quote in the middle of a field; quote the whole field and double the "
        "quotes inside it");
}

TEST_CASE("A row with other than the header's number of fields is counted out", "[data]") {
  CHECK(complaint("a,b,c\n1,2,3\n\n1,2\n") == "t.csv:4: has 2 fields where the header has 3");
  CHECK(complaint("a,b\n\"x\ny\",2\n1,2,\n") == "t.csv:4: has 3 fields where the header has 2");
}

TEST_CASE("A NUL byte is an error that knows its line", "[data]") {
  using namespace std::string_literals;
  const std::string words = " has a NUL byte; is this a text file in UTF-8?";
  CHECK(complaint("a,b\n1,2\n3,\0\n"s) == "t.csv:3:" + words);
  CHECK(complaint("a\0b\n"s) == "t.csv:1:" + words);
  CHECK(complaint("a\n1\n\0"s) == "t.csv:3:" + words);
}

TEST_CASE("Text that is not UTF-8 is an error that knows its line", "[data]") {
  const std::string words = " is not valid UTF-8; Latin-1 is read with --encoding latin1";
  CHECK(complaint("a,b\n1,2\n3,\xE2 \n") == "t.csv:3:" + words);
  CHECK(complaint("a,b\n1,\"x\n\xFFy\"\n") == "t.csv:3:" + words);
  CHECK(complaint("\xE4,b\n1,2\n") == "t.csv:1:" + words);
  CHECK(complaint("a,b\n1,\xC3") == "t.csv:2:" + words);
}

TEST_CASE("A carriage return without a line feed is an error, unless it is quoted", "[data]") {
  const std::string words = " has a carriage return that ends no line; lines end in LF or CRLF";
  CHECK(complaint("a,b\r1,2\r3,4\r") == "t.csv:1:" + words);
  CHECK(complaint("a,b\n1,2\n3\r,4\n") == "t.csv:3:" + words);
  CHECK(complaint("a,b\n1,2\r\r\n") == "t.csv:2:" + words);
  CHECK(complaint("a,b\n\"x\ny\",2\r3\n") == "t.csv:3:" + words);
  CHECK(rows_of("a,b\n1,\"x\ry\"\n") == Rows{{"1", "x\ry"}});
}

TEST_CASE("A quote in the middle of a field is an error, not a field that eats its neighbours",
          "[data]") {
  const std::string words = "has a quote in the middle of a field";
  for (const std::string field :
       {"5\" to 6\"", "\"a\"b", "\"a\" \"b\"", "\"\"a\"\"", "\"a\"b\"\" \"c\"", "x\"y,z\""}) {
    const std::string message = complaint("a,b\n1," + field + "\n");
    CHECK(message.substr(0, 8 + words.size() + 1) == "t.csv:2: " + words);
  }
  // Closed by a stray quote in a later line: the error is where the record began.
  CHECK(complaint("a,b\n1,2\n1,5\" pipe\n2,6\" pipe\n").substr(0, 8) == "t.csv:3:");
}

TEST_CASE("A quote that is never closed is an error at the line where its record begins",
          "[data]") {
  CHECK(complaint("a,b\n1,2\n1,\"x\n3,4\n5,6\n") ==
        "t.csv:3: has a quoted field that is never closed");
  CHECK(complaint("\"a,b\n1,2\n") == "t.csv:1: has a quoted field that is never closed");
}

TEST_CASE("A quote that is closed only after 16 MiB is an error too", "[data]") {
  constexpr std::size_t kLines = 1 << 20;
  const auto error =
      error_of([] { read_source(repeated("a,b\n1,\"", "0123456789abcde\n", kLines + 1, "\"\n")); });
  REQUIRE(error);
  CHECK(std::string(error->what()) ==
        "t.csv:2: begins a record of more than 16 MiB; is a quote never closed?");
}

TEST_CASE("A line of 40 MB is an error that knows its line", "[data]") {
  const auto error = error_of([] { read_source(repeated("a,b\n1,2\n", "0123456789", 4'000'000)); });
  REQUIRE(error);
  CHECK(std::string(error->what()) == "t.csv:3: is longer than 16 MiB");
}

TEST_CASE("Semicolons, tabs and bars delimit fields as commas do", "[data]") {
  for (const std::string d : {",", ";", "\t", "|"}) {
    const std::string text = "a" + d + "\"b" + d + "x\"\n 1 " + d + " \"so \"\"good\"\"" + d +
                             "\nyes\"\n" + d + "\n3" + d + "4\r\n";
    for (const std::optional<char> delimiter : {std::optional<char>(), std::optional(d[0])}) {
      const Content content = read(text, {delimiter, Encoding::utf8});
      CHECK(content.header == std::vector<std::string>{"a", "b" + d + "x"});
      CHECK(content.rows == Rows{{"1", "so \"good\"" + d + "\nyes"}, {"", ""}, {"3", "4"}});
      CHECK(content.lines == std::vector<std::uint64_t>{2, 4, 5});
    }
  }
}

TEST_CASE("A tab that delimits is no blank: empty fields stay at either end", "[data]") {
  const Content content = read("\ta\tb\n\t1\t\n\t\t\n \n x \t\" y\"\t\"\tz\"\n");
  CHECK(content.header == std::vector<std::string>{"Unnamed: 0", "a", "b"});
  CHECK(content.rows == Rows{{"", "1", ""}, {"", "", ""}, {"x", " y", "\tz"}});
}

TEST_CASE("Other delimiters are part of the fields", "[data]") {
  CHECK(rows_of("a;b\n1,5;2\n") == Rows{{"1,5", "2"}});
  CHECK(read("a;b|c\n1;2|3\n", {';', Encoding::utf8}).header ==
        std::vector<std::string>{"a", "b|c"});
  CHECK(complaint("a;b;c\n1;2;3\n4;5\n") == "t.csv:3: has 2 fields where the header has 3");
}

TEST_CASE("Latin-1 is read when it is asked for", "[data]") {
  const Content content = read(
      "Stra\xDF"
      "e;Ort\n\"Allee; gro\xDF\";K\xF6ln\n",
      {std::nullopt, Encoding::latin1});
  CHECK(content.header == std::vector<std::string>{"Straße", "Ort"});
  CHECK(content.rows == Rows{{"Allee; groß", "Köln"}});
}

TEST_CASE("Only the fields that are asked for are given", "[data]") {
  CsvReader reader(memory_source("a,b,c\n1,2,3\n"), "t.csv");
  const std::vector<int> slots =
      column_slots(reader.header(), std::vector<std::string>{"c", "a", "x"});
  CHECK(slots == std::vector<int>{1, -1, 0});
  CsvBlock block;
  REQUIRE(reader.read_block(block));
  std::vector<std::string_view> fields(3, "untouched");
  reader.split(block, 0, slots, fields);
  CHECK(fields == std::vector<std::string_view>{"3", "1", "untouched"});
}

TEST_CASE("Blocks are cut between records, wherever the source's reads end", "[data]") {
  std::string text = "n,t\n";
  for (int i = 0; i < 100'000; ++i) {
    text += std::to_string(i);
    text += i % 3 == 0 ? ",\"a\nb\"\n" : ",plain text\r\n";
  }
  const Content whole = read(text);
  CHECK(whole.blocks > 2);
  REQUIRE(whole.rows.size() == 100'000);
  CHECK(whole.rows[99'999] == std::vector<std::string>{"99999", "a\nb"});
  CHECK(whole.lines[99'999] == 2 + 99'999 + 33'333);
  const Content pieces = read_source(std::make_unique<RepeatingSource>(text, 1, 977));
  CHECK(pieces.rows == whole.rows);
  CHECK(pieces.lines == whole.lines);
}

TEST_CASE("A big file without a final line break loses nothing", "[data]") {
  // Beyond 48 MB LineReader works from a ring of blocks; lines of 13 bytes fall on all its seams.
  constexpr std::size_t kRows = 4'000'000;
  CsvReader reader(repeated("name,number\n", "abcdef,12345\n", kRows, "last,9"), "t.csv");
  const std::vector<int> slots = column_slots(reader.header(), reader.header());
  std::vector<std::string_view> fields(2);
  std::size_t rows = 0;
  std::size_t wrong = 0;
  std::string last;
  CsvBlock block;
  while (reader.read_block(block)) {
    for (std::size_t i = 0; i < block.records.size(); ++i) {
      reader.split(block, i, slots, fields);
      wrong += block.records[i].line != ++rows + 1;
      wrong += rows <= kRows && (fields[0] != "abcdef" || fields[1] != "12345");
    }
    last = fields[0];
  }
  CHECK(rows == kRows + 1);
  CHECK(wrong == 0);
  CHECK(last == "last");
  CHECK(fields[1] == "9");
}

TEST_CASE("A NUL byte far into a big file knows its line", "[data]") {
  using namespace std::string_literals;
  constexpr std::size_t kRows = 2'800'000;  // some 36 MB: read by LineReader's own thread
  const std::string tail = "abc,\0\n"s;
  const auto error =
      error_of([&] { read_source(repeated("name,number\n", "abcdef,12345\n", kRows, tail)); });
  REQUIRE(error);
  CHECK(std::string(error->what()).find("t.csv:2800002: has a NUL byte") == 0);
}
