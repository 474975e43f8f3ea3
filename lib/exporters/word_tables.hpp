#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "model/model.hpp"

namespace mlserve::exporters {

/// Numbers of the words of feature `f`, in order, that add anything: a text can hold the word, and
/// it has a weight. None of a feature that is no text.
std::vector<std::size_t> useful_words(const model::Model& model, std::size_t f);

/// Characters from `first` to `last`; their lower case, where wanted, counts from `lower`.
struct CharacterRange {
  std::int32_t first;
  std::int32_t last;
  std::int32_t lower = 0;
};

/// What exports have to know of Unicode to find the useful words of all texts of a model in texts
/// as features::WordReader does, whatever the Unicode of the machine that runs them. In order.
struct CharacterTables {
  std::vector<CharacterRange> word;       ///< that are of words
  std::vector<CharacterRange> lower;      ///< with a lower case that is in useful words, or ASCII
  bool has_sigma = false;                 ///< the two below are needed, to know a final sigma
  std::vector<CharacterRange> cased;      ///< of those that are not ignorable
  std::vector<CharacterRange> ignorable;  ///< that say nothing about case
  std::size_t longest_word = 0;           ///< in bytes
};

CharacterTables character_tables(const model::Model& model);

}  // namespace mlserve::exporters
