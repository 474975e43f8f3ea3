#include "data/json_records.hpp"

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "support/catch_shim.hpp"

#include "support/errors.hpp"
#include "support/stepped_source.hpp"

using namespace mlserve::data;
using mlserve::ErrorKind;
using mlserve::testing::error_of;
using mlserve::testing::SteppedSource;

namespace {

using Texts = std::vector<std::string>;

struct Records {
  Texts texts;
  std::vector<std::uint64_t> numbers;
  std::size_t blocks = 0;
};

Records read(std::string_view text, RecordLayout layout, std::size_t step = 1 << 20) {
  RecordReader reader(std::make_unique<SteppedSource>(text, step), "t", layout);
  Records records;
  RecordBlock block;
  while (reader.read_block(block)) {
    ++records.blocks;
    for (std::size_t i = 0; i < block.records.size(); ++i) {
      records.texts.emplace_back(block.record_text(i));
      records.numbers.push_back(block.records[i].number);
      CHECK(block.records[i].offset + block.records[i].length + RecordReader::kPadding <=
            block.text.size());
    }
  }
  return records;
}

Texts list(std::string_view text) { return read(text, RecordLayout::list).texts; }
Texts lines(std::string_view text) { return read(text, RecordLayout::lines).texts; }

std::string complaint(std::string_view text, RecordLayout layout) {
  const auto error = error_of([&] { read(text, layout); });
  if (!error) return "";
  CHECK(error->kind() == ErrorKind::invalid_data);
  return error->what();
}

std::string list_complaint(std::string_view text) { return complaint(text, RecordLayout::list); }

constexpr std::string_view kTooLong = "is longer than 16 MiB";

}  // namespace

TEST_CASE("A list is cut into its records, without the blanks around them", "[data]") {
  const Records records = read(R"( [ {"a":1} , {"a":2},
{"a":3} ] )",
                               RecordLayout::list);
  CHECK(records.texts == Texts{R"({"a":1})", R"({"a":2})", R"({"a":3})"});
  CHECK(records.numbers == std::vector<std::uint64_t>{1, 2, 3});
}

TEST_CASE("A single record is a file of one", "[data]") {
  CHECK(list(R"({"a":1})") == Texts{R"({"a":1})"});
  CHECK(list("\n {\"a\": {}} \n") == Texts{R"({"a": {}})"});
}

TEST_CASE("An empty list has no records", "[data]") {
  CHECK(list("[]").empty());
  CHECK(list(" [ \n ] ").empty());
}

TEST_CASE("Brackets and commas in nested values and strings cut nothing", "[data]") {
  const Texts items = {R"({"a":[1,{"b":"]"}],"c":"},{"})",
                       R"({"d":"\"]\\"})",
                       R"({"e\\":"\\\"["})",
                       "[[],{}]",
                       "\",]\"",
                       "5",
                       "null"};
  std::string text;
  for (const std::string& item : items) text += (text.empty() ? "[" : ",") + item;
  CHECK(list(text + "]") == items);
}

TEST_CASE("What is no JSON is cut at the next comma, for its parser to refuse", "[data]") {
  CHECK(list(R"([{"a":1}},{"a":2}])") == Texts{R"({"a":1}})", R"({"a":2})"});
  CHECK(list(R"([{"a":1},,])") == Texts{R"({"a":1})", "", ""});
  CHECK(list("[{'a': 1}, x]") == Texts{"{'a': 1}", "x"});
}

TEST_CASE("JSON Lines are a record a line, with the numbers of the lines", "[data]") {
  const Records records = read("{\"a\":1}\r\n\n \t\n {\"a\":2}\n[1]\n", RecordLayout::lines);
  CHECK(records.texts == Texts{R"({"a":1})", R"({"a":2})", "[1]"});
  CHECK(records.numbers == std::vector<std::uint64_t>{1, 4, 5});
}

TEST_CASE("The last of the JSON Lines needs no line break", "[data]") {
  CHECK(lines("{}\n{\"a\":1}") == Texts{"{}", R"({"a":1})"});
  CHECK(lines("{}") == Texts{"{}"});
  CHECK(lines("").empty());
  CHECK(lines("\n\n").empty());
}

TEST_CASE("A byte-order mark is skipped", "[data]") {
  CHECK(list("\xEF\xBB\xBF[{}]") == Texts{"{}"});
  CHECK(lines("\xEF\xBB\xBF{}\n{}\n") == Texts{"{}", "{}"});
}

TEST_CASE("Reads of one byte give the same records", "[data]") {
  const std::string text = "\xEF\xBB\xBF[{\"a\":\"\\\"\"},\n {\"b\":[1,2]}, 3]\n";
  CHECK(read(text, RecordLayout::list, 1).texts == list(text));
  CHECK(read("{}\n\n[1]\n2", RecordLayout::lines, 1).numbers ==
        std::vector<std::uint64_t>{1, 3, 4});
}

TEST_CASE("Records across the ends of buffers and blocks stay whole and in order", "[data]") {
  constexpr int kRecords = 40'000;
  Texts expected;
  std::string as_list;
  std::string as_lines;
  for (int i = 0; i < kRecords; ++i) {
    const std::string padding(static_cast<std::size_t>(i % 61), i % 2 == 0 ? '[' : '}');
    expected.push_back("{\"n\":" + std::to_string(i) + ",\"s\":\"" + padding + "\\\\\\\"\"}");
    as_list += (i == 0 ? "[" : ",") + expected.back();
    as_lines += expected.back() + '\n';
  }
  as_list += ']';
  for (const std::size_t step : {std::size_t{1} << 20, std::size_t{4099}}) {
    const Records from_list = read(as_list, RecordLayout::list, step);
    CHECK(from_list.texts == expected);
    CHECK(from_list.blocks > 2);
    CHECK(read(as_lines, RecordLayout::lines, step).texts == expected);
  }
}

TEST_CASE("A file that ends in the middle of a record or a list is an error", "[data]") {
  for (const std::string_view text :
       {R"([{"a":1)", R"([{"a":"x]})", R"([{"a":1})", "[", R"([5, "\)"}) {
    const std::string message = list_complaint(text);
    CHECK(message.substr(0, 11) == "t: record " + std::string(text[1] == '5' ? "2" : "1"));
    CHECK(message.find("the file ends in the middle of it") != std::string::npos);
  }
  CHECK(list_complaint(R"({"a":1)") == "t: record 1: the file ends in the middle of it");
  CHECK(list_complaint(R"([{"a":1},)") == "t: record 2: the file ends in the middle of it");
}

TEST_CASE("Text behind the end of the JSON value is an error", "[data]") {
  for (const std::string_view text : {"[] []", "[{}]x", "{}\n{}", "[{}]]"}) {
    CHECK(list_complaint(text).find("has more text after the end") != std::string::npos);
  }
  CHECK(list_complaint(std::string_view("[{}]\0", 5)).find("more text") != std::string::npos);
}

TEST_CASE("What is neither a list nor a record is an error", "[data]") {
  CHECK(list_complaint("") == "t: is empty");
  CHECK(list_complaint(" \n") == "t: is empty");
  CHECK(list_complaint("5") == "t: is neither a JSON list of records nor a record");
  CHECK(list_complaint("\"[]\"") == "t: is neither a JSON list of records nor a record");
}

TEST_CASE("A record of more than 16 MiB is an error before it is read whole", "[data]") {
  const std::string huge(RecordReader::kMaxRecordBytes + (1 << 20), 'x');
  CHECK(list_complaint("[1,\"" + huge) == "t: record 2: " + std::string(kTooLong));
  CHECK(list_complaint("{\"a\":\"" + huge) == "t: record 1: " + std::string(kTooLong));
  CHECK(complaint("{}\n\"" + huge, RecordLayout::lines) == "t:2: " + std::string(kTooLong));
}

TEST_CASE("Places are named as their layout counts", "[data]") {
  CHECK(RecordReader(memory_source("[]"), "d.json", RecordLayout::list).place(3) ==
        "d.json: record 3");
  CHECK(RecordReader(memory_source(""), "d.jsonl", RecordLayout::lines).place(3) == "d.jsonl:3");
}
