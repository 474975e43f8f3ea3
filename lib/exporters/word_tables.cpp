#include "exporters/word_tables.hpp"

#include <algorithm>
#include <set>
#include <string_view>

#include "features/words.hpp"

namespace mlserve::exporters {
namespace {

constexpr std::int32_t kCapitalSigma = 0x3A3;
constexpr std::int32_t kSmallSigma = 0x3C3;
constexpr std::int32_t kFinalSigma = 0x3C2;
constexpr std::int32_t kFirstSurrogate = 0xD800;
constexpr std::int32_t kLastSurrogate = 0xDFFF;
constexpr std::int32_t kLastCharacter = 0x10FFFF;

/// The code points of a word, which is valid UTF-8.
std::vector<std::int32_t> characters_of(std::string_view word) {
  std::vector<std::int32_t> codes;
  for (const char c : word) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte < 0x80) {
      codes.push_back(byte);
    } else if (byte < 0xC0) {
      codes.back() = codes.back() << 6 | (byte & 0x3F);
    } else {
      codes.push_back(byte & (byte < 0xE0 ? 0x1F : byte < 0xF0 ? 0x0F : 0x07));
    }
  }
  return codes;
}

/// Adds `code`, which is behind all others.
void add(std::vector<CharacterRange>& ranges, std::int32_t code) {
  if (!ranges.empty() && ranges.back().last == code - 1) {
    ranges.back().last = code;
  } else {
    ranges.push_back({code, code});
  }
}

void add_lower(std::vector<CharacterRange>& ranges, std::int32_t code, std::int32_t lower) {
  const bool goes_on = !ranges.empty() && ranges.back().last == code - 1 &&
                       ranges.back().lower + code - ranges.back().first == lower;
  if (goes_on) {
    ranges.back().last = code;
  } else {
    ranges.push_back({code, code, lower});
  }
}

}  // namespace

std::vector<std::size_t> useful_words(const model::Model& model, std::size_t f) {
  std::vector<std::size_t> useful;
  if (!model.schema.features[f].is_text()) return useful;
  const std::vector<std::string>& words = model.schema.features[f].categories;
  for (std::size_t w = 0; w < words.size(); ++w) {
    const bool can_occur = features::words(words[w]) == std::vector<std::string>{words[w]};
    if (can_occur && model.encoder[f].idf[w] != 0) useful.push_back(w);
  }
  return useful;
}

CharacterTables character_tables(const model::Model& model) {
  CharacterTables tables;
  std::set<std::int32_t> letters;
  for (std::size_t f = 0; f < model.schema.features.size(); ++f) {
    for (const std::size_t w : useful_words(model, f)) {
      const std::string& word = model.schema.features[f].categories[w];
      tables.longest_word = std::max(tables.longest_word, word.size());
      for (const std::int32_t code : characters_of(word)) letters.insert(code);
    }
  }
  tables.has_sigma = letters.count(kSmallSigma) + letters.count(kFinalSigma) > 0;
  for (std::int32_t code = 0; code <= kLastCharacter; ++code) {
    if (code == kFirstSurrogate) code = kLastSurrogate + 1;
    const features::CharacterTraits traits = features::character_traits(code);
    if (traits.is_word) add(tables.word, code);
    if (tables.has_sigma && traits.is_case_ignorable) add(tables.ignorable, code);
    if (tables.has_sigma && traits.is_cased) add(tables.cased, code);
    const bool has_other_lower = traits.is_word && traits.lower != code && code != kCapitalSigma;
    const bool is_ascii = code < 0x80;
    if (has_other_lower && (is_ascii || letters.count(traits.lower) > 0))
      add_lower(tables.lower, code, traits.lower);
  }
  return tables;
}

}  // namespace mlserve::exporters
