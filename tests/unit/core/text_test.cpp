#include "core/text.hpp"

#include <algorithm>
#include <cstdint>
#include <string>
#include <vector>

#include "support/catch_shim.hpp"

using mlserve::ascii_lower;
using mlserve::find_invalid_utf8;
using mlserve::json_string;
using mlserve::nearest_name;
using mlserve::shown;
using mlserve::split_list;

namespace {

constexpr std::size_t kValid = std::string_view::npos;

std::string encode(std::uint32_t code_point) {
  const auto tail = [&](unsigned shift) {
    return static_cast<char>(0x80U | ((code_point >> shift) & 0x3FU));
  };
  const auto lead = [&](unsigned marker, unsigned shift) {
    return static_cast<char>(marker | (code_point >> shift));
  };
  if (code_point < 0x80) return {lead(0, 0)};
  if (code_point < 0x800) return {lead(0xC0, 6), tail(0)};
  if (code_point < 0x10000) return {lead(0xE0, 12), tail(6), tail(0)};
  return {lead(0xF0, 18), tail(12), tail(6), tail(0)};
}

bool is_surrogate(std::uint32_t code_point) { return code_point >= 0xD800 && code_point < 0xE000; }

}  // namespace

TEST_CASE("json_string escapes what JSON requires and nothing else", "[core]") {
  CHECK(json_string("") == R"("")");
  CHECK(json_string("plain/text") == R"("plain/text")");
  CHECK(json_string("a\"b\\c") == R"("a\"b\\c")");
  CHECK(json_string("\b\t\n\f\r") == R"("\b\t\n\f\r")");
  CHECK(json_string(std::string_view("\0\x01\x1f\x7f", 4)) == "\"\\u0000\\u0001\\u001f\x7f\"");
  CHECK(json_string("Zoë") == "\"Zoë\"");
}

TEST_CASE("shown keeps a text on one line of limited length", "[core]") {
  CHECK(shown("plain") == "plain");
  CHECK(shown("a\nb\x1b\x7f") == "a\\nb\\x1b\\x7f");
  CHECK(shown("bad \xFF\xC3") == "bad \\xff\\xc3");
  CHECK(shown(std::string(61, 'x')) == std::string(60, 'x') + "…");
  CHECK(shown(std::string(60, 'x')) == std::string(60, 'x'));
}

TEST_CASE("shown does not cut a character in two", "[core]") {
  CHECK(shown("aéé", 4) == "aé…");
  CHECK(shown("aéé", 5) == "aéé");
}

TEST_CASE("join puts the separator between the parts", "[core]") {
  const std::vector<std::string> parts = {"A", "B", "C"};
  CHECK(mlserve::join(parts) == "A, B, C");
  CHECK(mlserve::join(parts, "/") == "A/B/C");
  CHECK(mlserve::join({}).empty());
}

TEST_CASE("split_list gives the parts without the spaces around them", "[core]") {
  CHECK(split_list("") == std::vector<std::string>{});
  CHECK(split_list("A") == std::vector<std::string>{"A"});
  CHECK(split_list(" A, B C ,D") == std::vector<std::string>{"A", "B C", "D"});
  CHECK(split_list("A,") == std::vector<std::string>{"A", ""});
  CHECK(split_list(",  ,A") == std::vector<std::string>{"", "", "A"});
}

TEST_CASE("A part of a list in double quotes may hold commas, spaces and quotes", "[core]") {
  CHECK(split_list(R"("A, b" , C)") == std::vector<std::string>{"A, b", "C"});
  CHECK(split_list(R"(" A ","say ""B""")") == std::vector<std::string>{" A ", R"(say "B")"});
  CHECK(split_list(R"("A",)") == std::vector<std::string>{"A", ""});
  CHECK(split_list(R"("")") == std::vector<std::string>{""});
  // What is not quoted as a whole is as it is.
  CHECK(split_list(R"("A"B,"C)") == std::vector<std::string>{R"("A"B)", R"("C)"});
  CHECK(split_list(R"(5" nail)") == std::vector<std::string>{R"(5" nail)"});
}

TEST_CASE("nearest_name offers the name that takes the fewest edits", "[core]") {
  const std::vector<std::string> names = {"Age", "Sex", "Embarked", "SibSp"};
  CHECK(nearest_name("age", names) == "Age");
  CHECK(nearest_name("Sexx", names) == "Sex");
  CHECK(nearest_name("Sx", names) == "Sex");
  CHECK(nearest_name("Aeg", names) == "Age");
  CHECK(nearest_name("embraked", names) == "Embarked");
  CHECK(nearest_name("Embrkd", names) == "Embarked");
}

TEST_CASE("nearest_name offers nothing when nothing is near", "[core]") {
  const std::vector<std::string> names = {"Age", "Sex", "Embarked"};
  CHECK_FALSE(nearest_name("Fare", names));
  CHECK_FALSE(nearest_name("x", names));
  CHECK_FALSE(nearest_name("", names));
  CHECK_FALSE(nearest_name("Age", {}));
  CHECK_FALSE(nearest_name(std::string(1'000'000, 'a'), names));
}

TEST_CASE("nearest_name offers the first of equally near names", "[core]") {
  const std::vector<std::string> names = {"cat", "car"};
  CHECK(nearest_name("cap", names) == "cat");
}

TEST_CASE("find_invalid_utf8 accepts every character of Unicode", "[core]") {
  std::string all;
  for (std::uint32_t code_point = 0; code_point <= 0x10FFFF; ++code_point) {
    if (!is_surrogate(code_point)) all += encode(code_point);
  }
  CHECK(find_invalid_utf8(all) == kValid);
  CHECK(find_invalid_utf8("") == kValid);
}

TEST_CASE("find_invalid_utf8 refuses surrogates and what lies above U+10FFFF", "[core]") {
  for (std::uint32_t code_point = 0xD800; code_point < 0xE000; ++code_point) {
    REQUIRE(find_invalid_utf8(encode(code_point)) == 0);
  }
  for (std::uint32_t code_point = 0x110000; code_point < 0x200000; code_point += 0x3F) {
    REQUIRE(find_invalid_utf8(encode(code_point)) == 0);
  }
}

TEST_CASE("find_invalid_utf8 refuses overlong forms", "[core]") {
  for (const char* text : {"\xC0\x80", "\xC1\xBF", "\xE0\x80\x80", "\xE0\x9F\xBF",
                           "\xF0\x80\x80\x80", "\xF0\x8F\xBF\xBF"}) {
    CHECK(find_invalid_utf8(text) == 0);
  }
}

TEST_CASE("find_invalid_utf8 refuses broken and impossible sequences", "[core]") {
  for (const char* text :
       {"\x80", "\xBF", "\xC3", "\xC3(", "\xE2\x82", "\xE2(\xAC", "\xE2\x82(", "\xF0\x9F\x98",
        "\xF0\x9F\x98(", "\xF8\x88\x80\x80\x80", "\xFE", "\xFF"}) {
    CHECK(find_invalid_utf8(text) == 0);
  }
}

TEST_CASE("find_invalid_utf8 tells the place at any distance from the start", "[core]") {
  for (std::size_t before = 0; before < 40; ++before) {
    for (const std::size_t after : {0U, 1U, 20U}) {
      const std::string text = std::string(before, 'a') + "\xFF" + std::string(after, 'b');
      CHECK(find_invalid_utf8(text) == before);
    }
  }
  CHECK(find_invalid_utf8("é€😀\xFF") == 9);
}

TEST_CASE("ascii_lower leaves all but the letters A to Z as they are", "[core]") {
  CHECK(ascii_lower("Data.CSV.GZ 1Ä[@") == "data.csv.gz 1Ä[@");
}
