#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace mlserve::features {

/// What a reader of words takes a character for, beside the two whose lower case is not one
/// character that never changes: U+0130, and the sigma U+03A3, which is final behind a cased
/// character and before none, where those that are case-ignorable are passed over.
struct CharacterTraits {
  std::int32_t lower;      ///< its lower case
  bool is_word;            ///< whether that is of a word; not of U+0130, which ends one with an "i"
  bool is_cased;           ///< of those that are not case-ignorable
  bool is_case_ignorable;  ///< says nothing about case
};

/// Of a code point, up to U+10FFFF and no surrogate.
CharacterTraits character_traits(std::int32_t code);

/// Reads the words of a text one after another, as scikit-learn's TfidfVectorizer finds them by
/// default: the text in lower case (Python's str.lower(): U+0130 becomes "i" and a combining dot,
/// a sigma at the end of a word is final), then each longest run of two or more word characters.
///
/// Word characters are Python's \w: letters, numbers of every kind and '_', but no combining marks,
/// so that a vowel sign of Hindi parts words there as here.
class WordReader {
 public:
  /// `text` outlives the reader. Bytes that are not UTF-8 separate words.
  explicit WordReader(std::string_view text) noexcept : text_(text) {}

  /// Puts the next word into `word`, whose memory is used again; false at the end of the text.
  bool next(std::string& word);

 private:
  /// Reads one character; appends its lower case if that is of a word. Whether the word may go on.
  bool read_character(std::string& word);

  std::string_view text_;
  std::size_t at_ = 0;  ///< offset of the first byte that is not yet read
};

/// All words of `text` in their order, repeated ones too.
std::vector<std::string> words(std::string_view text);

}  // namespace mlserve::features
