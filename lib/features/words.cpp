#include "features/words.hpp"

#include <algorithm>
#include <array>
#include <cstdint>

#include <utf8proc.h>

namespace mlserve::features {
namespace {

using Byte = unsigned char;

constexpr std::int32_t kCapitalIWithDot = 0x130;
constexpr std::int32_t kCapitalSigma = 0x3A3;
constexpr std::int32_t kFinalSigma = 0x3C2;

/// One character of a text. What is not UTF-8 is one byte long and no character of any kind.
struct Character {
  std::int32_t code = 0;
  std::size_t length = 1;
};

Character character_at(std::string_view text, std::size_t at) {
  const auto* const bytes = reinterpret_cast<const utf8proc_uint8_t*>(text.data()) + at;
  std::int32_t code = 0;
  const auto length =
      utf8proc_iterate(bytes, static_cast<utf8proc_ssize_t>(text.size() - at), &code);
  if (length <= 0) return {};
  return {code, static_cast<std::size_t>(length)};
}

/// The character that ends before `at`, which is not 0.
Character character_before(std::string_view text, std::size_t at) {
  std::size_t begin = at - 1;
  const auto continues = [&] { return (static_cast<Byte>(text[begin]) & 0xC0U) == 0x80; };
  while (begin > 0 && at - begin < 4 && continues()) --begin;
  const Character found = character_at(text, begin);
  return begin + found.length == at ? found : Character{};
}

bool is_word(std::int32_t code) {
  switch (utf8proc_category(code)) {
    case UTF8PROC_CATEGORY_LU:
    case UTF8PROC_CATEGORY_LL:
    case UTF8PROC_CATEGORY_LT:
    case UTF8PROC_CATEGORY_LM:
    case UTF8PROC_CATEGORY_LO:
    case UTF8PROC_CATEGORY_ND:
    case UTF8PROC_CATEGORY_NL:
    case UTF8PROC_CATEGORY_NO:
      return true;
    default:
      return code == '_';
  }
}

/// Unicode's property Case_Ignorable (DerivedCoreProperties.txt): marks, modifiers, and the points
/// that stand within words (Word_Break MidLetter, MidNumLet, Single_Quote).
bool is_case_ignorable(std::int32_t code) {
  constexpr std::array<std::int32_t, 17> kWithinWords = {
      0x27,   0x2E,   0x3A,   0xB7,   0x387,  0x55F,  0x5F4,  0x2018, 0x2019,
      0x2024, 0x2027, 0xFE13, 0xFE52, 0xFE55, 0xFF07, 0xFF0E, 0xFF1A};
  switch (utf8proc_category(code)) {
    case UTF8PROC_CATEGORY_MN:
    case UTF8PROC_CATEGORY_ME:
    case UTF8PROC_CATEGORY_CF:
    case UTF8PROC_CATEGORY_LM:
    case UTF8PROC_CATEGORY_SK:
      return true;
    default:
      return std::binary_search(kWithinWords.begin(), kWithinWords.end(), code);
  }
}

/// Unicode's property Cased for characters that are not Case_Ignorable: letters that have a case,
/// ordinal signs, Roman numerals, letters in circles and squares.
bool is_cased(std::int32_t code) {
  struct Range {
    std::int32_t first;
    std::int32_t last;
  };
  constexpr std::array<Range, 7> kOthers = {{{0xAA, 0xAA},
                                             {0xBA, 0xBA},
                                             {0x2160, 0x217F},
                                             {0x24B6, 0x24E9},
                                             {0x1F130, 0x1F149},
                                             {0x1F150, 0x1F169},
                                             {0x1F170, 0x1F189}}};
  switch (utf8proc_category(code)) {
    case UTF8PROC_CATEGORY_LU:
    case UTF8PROC_CATEGORY_LL:
    case UTF8PROC_CATEGORY_LT:
      return true;
    default:
      return std::any_of(kOthers.begin(), kOthers.end(),
                         [&](Range range) { return range.first <= code && code <= range.last; });
  }
}

/// Whether the sigma in [begin, end) of `text` stands at the end of a word: condition Final_Sigma
/// of the Unicode Standard, table 3-17. A cased letter is before it and none after it, where
/// characters that say nothing about case are passed over.
bool is_final(std::string_view text, std::size_t begin, std::size_t end) {
  bool cased_before = false;
  while (begin > 0) {
    const Character before = character_before(text, begin);
    begin -= before.length;
    if (is_case_ignorable(before.code)) continue;
    cased_before = is_cased(before.code);
    break;
  }
  if (!cased_before) return false;
  while (end < text.size()) {
    const Character after = character_at(text, end);
    end += after.length;
    if (!is_case_ignorable(after.code)) return !is_cased(after.code);
  }
  return true;
}

void append_utf8(std::string& out, std::int32_t code) {
  std::array<utf8proc_uint8_t, 4> bytes;
  const auto length = static_cast<std::size_t>(utf8proc_encode_char(code, bytes.data()));
  out.append(reinterpret_cast<const char*>(bytes.data()), length);
}

/// The lower case of each ASCII character that belongs to a word, 0 for the others.
constexpr std::array<char, 128> kAsciiWord = [] {
  std::array<char, 128> table{};
  for (char c = '0'; c <= '9'; ++c) table[static_cast<Byte>(c)] = c;
  for (char c = 'a'; c <= 'z'; ++c) table[static_cast<Byte>(c)] = c;
  for (char c = 'A'; c <= 'Z'; ++c) table[static_cast<Byte>(c)] = static_cast<char>(c - 'A' + 'a');
  table['_'] = '_';
  return table;
}();

}  // namespace

CharacterTraits character_traits(std::int32_t code) {
  const std::int32_t lower = utf8proc_tolower(code);
  return {lower, code != kCapitalIWithDot && is_word(lower), is_cased(code),
          is_case_ignorable(code)};
}

bool WordReader::read_character(std::string& word) {
  const auto byte = static_cast<Byte>(text_[at_]);
  if (byte < kAsciiWord.size()) {
    ++at_;
    const char lower = kAsciiWord[byte];
    if (lower != 0) word += lower;
    return lower != 0;
  }
  const std::size_t begin = at_;
  const Character read = character_at(text_, begin);
  at_ += read.length;
  if (read.code == kCapitalIWithDot) {
    // Its lower case is two characters, and the second, a combining dot, is not of a word.
    word += 'i';
    return false;
  }
  std::int32_t lower = utf8proc_tolower(read.code);
  if (!is_word(lower)) return false;
  if (read.code == kCapitalSigma && is_final(text_, begin, at_)) lower = kFinalSigma;
  append_utf8(word, lower);
  return true;
}

bool WordReader::next(std::string& word) {
  constexpr std::size_t kLeastCharacters = 2;
  word.clear();
  std::size_t characters = 0;
  while (at_ < text_.size()) {
    const std::size_t length = word.size();
    const bool goes_on = read_character(word);
    if (word.size() > length) ++characters;
    if (goes_on) continue;
    if (characters >= kLeastCharacters) return true;
    word.clear();
    characters = 0;
  }
  return characters >= kLeastCharacters;
}

std::vector<std::string> words(std::string_view text) {
  std::vector<std::string> found;
  std::string word;
  for (WordReader reader(text); reader.next(word);) found.push_back(word);
  return found;
}

}  // namespace mlserve::features
