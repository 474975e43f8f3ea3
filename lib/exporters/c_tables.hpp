#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "exporters/scoring_code.hpp"
#include "exporters/word_tables.hpp"

namespace mlserve::exporters {

/// A text that an export knows, and the number it stands for.
struct KnownText {
  std::string text;
  std::size_t code;
};

// Constants of C, each with a line behind it.

/// Of `struct entry` (lib/exporters/c/lookup.c); `known` is in order of bytes.
std::string c_table(const std::string& name, const std::vector<KnownText>& known);

/// Of doubles.
std::string c_table(const NumberTable& table);

/// Of `struct range`, and of `struct lower_case` (lib/exporters/c/characters.c).
std::string c_range_table(const std::string& name, const std::vector<CharacterRange>& ranges);
std::string c_lower_table(const std::string& name, const std::vector<CharacterRange>& ranges);

/// `items` with commas between them, in lines of at most 100 characters if they are short.
std::string wrapped(const std::vector<std::string>& items);

/// The lines of a table of ranges, "{first, last}" or with `open` and `close` for the braces; and
/// of
/// "{first, last, lower}".
std::string range_lines(const std::vector<CharacterRange>& ranges, char open = '{',
                        char close = '}');
std::string lower_lines(const std::vector<CharacterRange>& ranges, char open = '{',
                        char close = '}');

/// The lines of a table of numbers, each with its note as a comment, in C as in JavaScript.
std::string number_lines(const NumberTable& table, std::string (*literal)(double));

}  // namespace mlserve::exporters
