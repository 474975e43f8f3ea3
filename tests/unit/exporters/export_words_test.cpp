#include <algorithm>
#include <cmath>
#include <random>
#include <set>
#include <string>
#include <vector>

#include "support/catch_shim.hpp"

#include "core/error.hpp"
#include "exporters/c_source.hpp"
#include "features/words.hpp"
#include "support/errors.hpp"
#include "support/export_models.hpp"
#include "support/reference.hpp"
#include "support/run_export.hpp"

namespace {

using namespace mlserve;
using testing::Language;

constexpr std::uint32_t kCharacters = 0x110000;

bool is_surrogate(std::uint32_t code) { return code >= 0xD800 && code < 0xE000; }

std::string utf8(std::uint32_t code) {
  const auto byte = [](std::uint32_t value) { return static_cast<char>(value); };
  const auto tail = [&](unsigned shift) { return byte(0x80U | ((code >> shift) & 0x3FU)); };
  if (code < 0x80) return {byte(code)};
  if (code < 0x800) return {byte(0xC0U | code >> 6U), tail(0)};
  if (code < 0x10000) return {byte(0xE0U | code >> 12U), tail(6), tail(0)};
  return {byte(0xF0U | code >> 18U), tail(12), tail(6), tail(0)};
}

/// A text whose known words tell whether a character is of a word, and its lower case.
std::string word_probe(std::uint32_t code) { return "ab" + utf8(code) + "cd ; "; }

/// The same for whether it has a case, or says nothing about case: by sigmas around it.
std::string case_probe(std::uint32_t code) {
  const std::string c = utf8(code);
  return c + ".Σ11 ; A" + c + ".Σ11 ; AΣ." + c + " ; AΣ." + c + "B ; ";
}

/// Whether a character is among the rows and rows of ideographs, private and unassigned ones, of
/// which the program knows no case; one of many is enough to see that an export knows none as well.
bool is_like_its_neighbours(std::uint32_t code) {
  const auto traits = features::character_traits(static_cast<std::int32_t>(code));
  return code > 0x20000 && code % 64 != 0 && !traits.is_cased && !traits.is_case_ignorable;
}

/// A regression on a text that knows these words.
model::Model model_of(const std::set<std::string>& words) {
  model::Model model = testing::model_for(
      "number", {testing::text("t", std::vector<std::string>(words.begin(), words.end()))});
  double weight = 1;
  for (double& coefficient : model.coefficients[0]) {
    weight = std::fmod(weight * 1.7, 3.1);
    coefficient = weight;
  }
  return model;
}

Language language() { return GENERATE(Language::c, Language::cpp, Language::javascript); }

/// The export knows of every character what the program knows.
void check_every_character(Language language) {
  std::set<std::string> words = {"ab", "cd", "σ11", "ς11", "aσ", "aς"};
  std::vector<std::string> texts;
  for (std::uint32_t code = 1; code < kCharacters; ++code) {
    if (is_surrogate(code)) continue;
    constexpr std::size_t kEach = 32;
    if (code % kEach == 1 || texts.empty()) texts.emplace_back();
    texts.back() += word_probe(code);
    if (!is_like_its_neighbours(code)) texts.back() += case_probe(code);
    const auto traits = features::character_traits(static_cast<std::int32_t>(code));
    if (traits.lower != static_cast<std::int32_t>(code)) {
      for (const std::string& word : features::words("ab" + utf8(code) + "cd")) words.insert(word);
    }
  }
  REQUIRE(words.size() > 1300);
  const model::Model model = model_of(words);
  const testing::Numbers given = testing::run_export(model, language, testing::rows_of(texts));
  CHECK(testing::wrong_texts(model, texts, given) == std::vector<std::string>{});
}

}  // namespace

TEST_CASE("The C export knows of every character what the program knows", "[exporters]") {
  check_every_character(Language::c);
}

TEST_CASE("The C++ export knows of every character what the program knows", "[exporters]") {
  check_every_character(Language::cpp);
}

TEST_CASE("The JavaScript export knows of every character what the program knows", "[exporters]") {
  check_every_character(Language::javascript);
}

TEST_CASE("Exports find the words of texts in many languages", "[exporters]") {
  std::set<std::string> words;
  std::vector<std::string> texts = {"", "NA", "NA.", "none that is known"};
  const nlohmann::json reference = testing::read_reference("text.json");
  for (const auto& entry : reference.at("words")) {
    texts.push_back(entry.at("text"));
    for (const auto& word : entry.at("words")) words.insert(word.get<std::string>());
  }
  REQUIRE(words.size() > 50);
  const model::Model model = model_of(words);
  const testing::Numbers given = testing::run_export(model, language(), testing::rows_of(texts));
  CHECK(testing::wrong_texts(model, texts, given) == std::vector<std::string>{});
}

TEST_CASE("Exports need no rule of the sigma where no known word has one", "[exporters]") {
  const model::Model model = model_of({"kelvin", "abi", "xi", "maß", "été", "10"});
  const std::vector<std::string> texts = {
      "KELVIN kelvin \xE2\x84\xAA"
      "elvin",
      "AB\xC4\xB0 ab\xC4\xB0 x\xC4\xB0y",
      "MASS MAß MAẞ",
      "ÉTÉ été e\xCC\x81te\xCC\x81",
      "10 １０ x10 10_",
      "ΑΣ kelvinΣ",
      std::string(10000, 'k') + " 10"};
  const testing::Numbers given = testing::run_export(model, language(), testing::rows_of(texts));
  CHECK(testing::wrong_texts(model, texts, given) == std::vector<std::string>{});
  CHECK(exporters::c_source(model).find("cased") == std::string::npos);
}

TEST_CASE("Exports leave out words that no text can have", "[exporters]") {
  // A model file may say anything.
  const model::Model model = model_of({"A", "AB", "a b", "ab", "x", "\xC4\xB0"});
  const std::vector<std::string> texts = {"AB", "ab", "a b", "A x", "\xC4\xB0\xC4\xB0"};
  const testing::Numbers given = testing::run_export(model, language(), testing::rows_of(texts));
  CHECK(testing::wrong_texts(model, texts, given) == std::vector<std::string>{});
  CHECK(exporters::c_source(model).find("\"AB\"") == std::string::npos);

  const model::Model empty = model_of({"A"});
  const testing::Numbers nothing = testing::run_export(empty, language(), testing::rows_of(texts));
  CHECK(testing::wrong_texts(empty, texts, nothing) == std::vector<std::string>{});
}

TEST_CASE("The C export refuses a text of so many words that their counts fill the stack",
          "[exporters]") {
  std::set<std::string> words;
  for (int i = 0; i < 100'001; ++i) words.insert("w" + std::to_string(i));
  const model::Model model = model_of(words);
  const auto error = testing::error_of([&] { exporters::c_source(model); });
  REQUIRE(error);
  CHECK(error->kind() == ErrorKind::invalid_argument);
  CHECK(std::string(error->what()) ==
        "a C file cannot carry the text 't': it has 100001 words, whose counts would need too much "
        "of the stack");
}

TEST_CASE("Compiled exports read any bytes without fault, as the program reads them",
          "[exporters]") {
  const Language tongue = GENERATE(Language::c, Language::cpp);
  std::mt19937 chance(11);
  const std::string pieces[] = {"ab",
                                "AB",
                                " ",
                                "Σ",
                                "σ",
                                "ς",
                                "\xCE",
                                "\xA3",
                                "\xF0\x9F\x9A\xA2",
                                "\xF4\x90\x80\x80",
                                "\xED\xA0\x80",
                                "\xE2\x82",
                                "\xC4\xB0",
                                "'",
                                "2024-02-29",
                                "T23:59:59",
                                ".5",
                                "+02:00",
                                "9",
                                "_"};
  std::vector<std::string> texts;
  for (int i = 0; i < 30000; ++i) {
    std::string text;
    for (auto n = chance() % 12; n > 0; --n) {
      if (chance() % 4 == 0) {
        text += static_cast<char>(tongue == Language::c ? 1 + chance() % 255 : chance() % 256);
      } else {
        text += pieces[chance() % std::size(pieces)];
      }
    }
    texts.push_back(text);
  }
  const std::string sanitized = "-O1 -g -fsanitize=address,undefined -fno-sanitize-recover=all";
  const model::Model text_model = model_of({"ab", "abσ", "abς", "σς", "29", "2024", "ab9_"});
  const model::Model date_model = testing::model_for("number", {testing::whole_date("d")});
  for (const model::Model& model : {text_model, date_model}) {
    const testing::Numbers given =
        testing::run_compiled(model, tongue, testing::rows_of(texts), sanitized);
    CHECK(testing::wrong_texts(model, texts, given) == std::vector<std::string>{});
  }
}
