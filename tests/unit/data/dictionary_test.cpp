#include "data/dictionary.hpp"

#include <cstdint>
#include <string>

#include "support/catch_shim.hpp"

using mlserve::data::Dictionary;

TEST_CASE("Dictionary numbers texts in the order in which they come", "[data]") {
  Dictionary dictionary;
  CHECK(dictionary.insert("b") == 0);
  CHECK(dictionary.insert("a") == 1);
  CHECK(dictionary.insert("b") == 0);
  CHECK(dictionary.insert("") == 2);
  CHECK(dictionary.size() == 3);
  CHECK(dictionary.text(0) == "b");
  CHECK(dictionary.text(1) == "a");
  CHECK(dictionary.text(2).empty());
}

TEST_CASE("Dictionary finds what it has and nothing else", "[data]") {
  Dictionary dictionary;
  CHECK_FALSE(dictionary.find(""));
  dictionary.insert("ab");
  dictionary.insert("c");
  CHECK(dictionary.find("ab") == 0U);
  CHECK(dictionary.find("c") == 1U);
  CHECK_FALSE(dictionary.find("a"));
  CHECK_FALSE(dictionary.find("abc"));
  CHECK_FALSE(dictionary.find(""));
}

TEST_CASE("Dictionary keeps its codes while it grows", "[data]") {
  constexpr std::uint32_t kTexts = 100'000;
  Dictionary dictionary;
  for (std::uint32_t i = 0; i < kTexts; ++i) dictionary.insert("text " + std::to_string(i));
  REQUIRE(dictionary.size() == kTexts);
  std::uint32_t wrong = 0;
  for (std::uint32_t i = 0; i < kTexts; ++i) {
    const std::string text = "text " + std::to_string(i);
    wrong += dictionary.find(text) != i || dictionary.text(i) != text;
  }
  CHECK(wrong == 0);
}

TEST_CASE("Dictionary begins anew when it is cleared", "[data]") {
  Dictionary dictionary;
  dictionary.insert("a");
  dictionary.insert("b");
  dictionary.clear();
  CHECK(dictionary.size() == 0);
  CHECK_FALSE(dictionary.find("a"));
  CHECK(dictionary.insert("b") == 0);
}
