#include "data/delimiter.hpp"

#include <memory>
#include <string>
#include <string_view>

#include "support/catch_shim.hpp"

using namespace mlserve::data;

namespace {

char found_in(std::string_view text) {
  auto source = memory_source(text);
  return find_delimiter(source);
}

}  // namespace

TEST_CASE("The delimiter is found from the header and the first records", "[data]") {
  CHECK(found_in("a,b\n1,2\n") == ',');
  CHECK(found_in("a;b\n1;2\n") == ';');
  CHECK(found_in("a\tb\n1\t2\n") == '\t');
  CHECK(found_in("a|b\r\n1|2\r\n") == '|');
  CHECK(found_in("\xEF\xBB\xBF\n \n\ta;b;c\n") == ';');
  CHECK(found_in("a;b") == ';');
}

TEST_CASE("A file of one column or none has the comma", "[data]") {
  CHECK(found_in("") == ',');
  CHECK(found_in("\n\t\n") == ',');
  CHECK(found_in("a\n1\n2\n") == ',');
  CHECK(found_in("a\n1;2\n3;4\n") == ',');
  CHECK(found_in("\"a;b\"\n\"1;2\"\n") == ',');
}

TEST_CASE("Decimal commas are no delimiters", "[data]") {
  CHECK(found_in("x;y\n1,5;2,5\n3,5;4,5\n") == ';');
  CHECK(found_in("price, EUR;amount;town\n1,5;2;Ulm\n2,5;3;Bonn\n") == ';');
}

TEST_CASE("Delimiters in quotes do not count, across line breaks too", "[data]") {
  CHECK(found_in("\"a,b,c\";d\n\"1,2,3\";4\n") == ';');
  CHECK(found_in("a;\"b,c,\nd,\"\"e,\"\nf;g,\n") == ';');
  CHECK(found_in("name,notes\nAnn,\"a;b;c\"\nBob,\"d\n;e\"\n") == ',');
}

TEST_CASE("Of two delimiters in the header, the one wins that the records agree with", "[data]") {
  CHECK(found_in("a;b,c\n1;2\n3;4\n") == ';');
  CHECK(found_in("a;b,c\n1,2\n3,4\n") == ',');
  CHECK(found_in("a|b|c,d\n1,2\n3,4\n") == ',');
  CHECK(found_in("a|b|c,d\n1|2|3\n4|5|6\n") == '|');
}

TEST_CASE("Most fields in the header decide where the records do not", "[data]") {
  CHECK(found_in("a;b;c,d\n") == ';');
  CHECK(found_in("a,b,c;d\n1,2,3\n4,5\n") == ',');
  CHECK(found_in("a;b;c,d\n1;2;3\n4;5\n") == ';');
}

TEST_CASE("A comma is taken when two delimiters are equally good", "[data]") {
  CHECK(found_in("a;b,c\n1;2,3\n") == ',');
  CHECK(found_in("a;b|c\n1;2|3\n") == ',');
}

TEST_CASE("What was looked at is given back", "[data]") {
  std::string text = "a;b\n";
  while (text.size() < 200'000) text += "some text;1\n";
  auto source = memory_source(text);
  CHECK(find_delimiter(source) == ';');
  std::string rest(text.size() + 1, '\0');
  rest.resize(read_fully(*source, rest.data(), rest.size()));
  CHECK(rest == text);
}

TEST_CASE("A header of many columns is looked at whole", "[data]") {
  std::string text = "a,b;";
  for (int i = 0; i < 100'000; ++i) text += "column" + std::to_string(i) + ';';
  CHECK(text.size() > 1'000'000);
  CHECK(found_in(text) == ';');
  CHECK(found_in("x;\"" + text + "\"\n1;2\n") == ';');
}

TEST_CASE("A delimiter is given by its character or as tab", "[data]") {
  CHECK(parse_delimiter(",") == ',');
  CHECK(parse_delimiter(";") == ';');
  CHECK(parse_delimiter("|") == '|');
  CHECK(parse_delimiter("tab") == '\t');
  CHECK(parse_delimiter("\\t") == '\t');
  CHECK(parse_delimiter("\t") == '\t');
  for (const std::string_view other : {"", " ", ":", ",,", "comma", "\""}) {
    CHECK_FALSE(parse_delimiter(other).has_value());
  }
}
