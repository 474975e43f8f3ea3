#pragma once

#include <algorithm>
#include <array>
#include <optional>
#include <string_view>

namespace mlserve::features {

/// How pandas.read_csv knows false ([0]) and true ([1]); yes and no are categories.
inline constexpr std::array<std::array<std::string_view, 3>, 2> kBooleanSpellings = {
    {{"false", "False", "FALSE"}, {"true", "True", "TRUE"}}};

/// The truth value that `text` spells.
inline std::optional<bool> parse_boolean(std::string_view text) noexcept {
  for (const bool truth : {false, true}) {
    const auto& spellings = kBooleanSpellings[truth ? 1 : 0];
    if (std::find(spellings.begin(), spellings.end(), text) != spellings.end()) return truth;
  }
  return std::nullopt;
}

}  // namespace mlserve::features
