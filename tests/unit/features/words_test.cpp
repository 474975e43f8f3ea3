#include "features/words.hpp"

#include <array>
#include <cstdint>
#include <map>
#include <sstream>
#include <string>
#include <vector>

#include "support/catch_shim.hpp"

#include "support/reference.hpp"

using mlserve::features::WordReader;
using mlserve::features::words;
using mlserve::testing::read_reference;

using Words = std::vector<std::string>;

namespace {

std::string utf8(std::uint32_t code) {
  const auto byte = [](std::uint32_t value) { return static_cast<char>(value); };
  const auto tail = [&](unsigned shift) { return byte(0x80U | ((code >> shift) & 0x3FU)); };
  if (code < 0x80) return {byte(code)};
  if (code < 0x800) return {byte(0xC0U | code >> 6U), tail(0)};
  if (code < 0x10000) return {byte(0xE0U | code >> 12U), tail(6), tail(0)};
  return {byte(0xF0U | code >> 18U), tail(12), tail(6), tail(0)};
}

/// A set of characters as text.py writes it: "41-5A AA".
std::vector<bool> set_of(const std::string& ranges) {
  std::vector<bool> set(0x110000);
  std::istringstream parts(ranges);
  for (std::string part; parts >> part;) {
    const std::size_t dash = part.find('-');
    const auto first = std::stoul(part.substr(0, dash), nullptr, 16);
    const auto last =
        dash == std::string::npos ? first : std::stoul(part.substr(dash + 1), nullptr, 16);
    for (auto code = first; code <= last; ++code) set[code] = true;
  }
  return set;
}

/// "41:61 42:62".
std::map<std::uint32_t, std::uint32_t> mapping_of(const std::string& pairs) {
  std::map<std::uint32_t, std::uint32_t> mapping;
  std::istringstream parts(pairs);
  for (std::string part; parts >> part;) {
    const std::size_t colon = part.find(':');
    mapping[static_cast<std::uint32_t>(std::stoul(part, nullptr, 16))] =
        static_cast<std::uint32_t>(std::stoul(part.substr(colon + 1), nullptr, 16));
  }
  return mapping;
}

/// Whether the sigma of `text`, which a digit follows, came out as the one that ends words.
bool has_final_sigma(const std::string& text) { return words(text + "Σ1").back().ends_with("ς1"); }

}  // namespace

TEST_CASE("Words of texts in many languages are those of scikit-learn", "[features]") {
  const nlohmann::json reference = read_reference("text.json");
  for (const auto& entry : reference.at("words")) {
    const std::string text = entry.at("text");
    CAPTURE(text);
    CHECK(words(text) == entry.at("words").get<Words>());
  }
}

TEST_CASE("Every character is of a word, or not, and has the lower case that Python says",
          "[features]") {
  const nlohmann::json unicode = read_reference("text.json").at("unicode");
  const auto assigned = set_of(unicode.at("assigned"));
  const auto is_word = set_of(unicode.at("word"));
  const auto lower = mapping_of(unicode.at("lower"));
  Words wrong;
  for (std::uint32_t code = 0; code < assigned.size(); ++code) {
    if (!assigned[code] || code == 0x130) continue;  // its lower case has two characters
    const auto mapped = lower.find(code);
    const std::string small = utf8(mapped == lower.end() ? code : mapped->second);
    const Words expected = is_word[code] ? Words{"x" + small + "y"} : Words{};
    if (words("x" + utf8(code) + "y") != expected) wrong.push_back(utf8(code));
  }
  CHECK(wrong == Words{});
}

TEST_CASE("A sigma is final behind the characters that Python says have a case", "[features]") {
  const nlohmann::json unicode = read_reference("text.json").at("unicode");
  const auto assigned = set_of(unicode.at("assigned"));
  const auto is_cased = set_of(unicode.at("cased"));
  const auto after_letter = set_of(unicode.at("cased_or_ignorable"));
  Words wrong;
  for (std::uint32_t code = 0; code < assigned.size(); ++code) {
    if (!assigned[code]) continue;
    const std::string text = utf8(code);
    if (has_final_sigma(text) != is_cased[code]) wrong.push_back(text);
    if (has_final_sigma("A" + text) != after_letter[code]) wrong.push_back("A" + text);
  }
  CHECK(wrong == Words{});
}

TEST_CASE("A word reader uses the memory of one word for all", "[features]") {
  WordReader reader("Two  words, x");
  std::string word = "something longer than both";
  const char* const memory = word.data();
  REQUIRE(reader.next(word));
  CHECK(word == "two");
  REQUIRE(reader.next(word));
  CHECK(word == "words");
  CHECK(word.data() == memory);
  CHECK_FALSE(reader.next(word));
  CHECK_FALSE(reader.next(word));
}

TEST_CASE("Bytes that are not UTF-8 separate words", "[features]") {
  CHECK(words("ab\xFF"
              "cd\xC3") == Words{"ab", "cd"});
  CHECK(words("ab\xE2\x82") == Words{"ab"});
  CHECK(words("\x80\x80\x80\x80\x80Σ\xF0\x9F ΑΣ\x80\xED\xA0\x80") == Words{"ας"});
  CHECK(words(std::string_view("ab\0cd", 5)) == Words{"ab", "cd"});
}
