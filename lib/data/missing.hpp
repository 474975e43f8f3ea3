#pragma once

#include <algorithm>
#include <array>
#include <string_view>

namespace mlserve::data {

/// Whether a text stands for "no value": empty, or one of pandas.read_csv's default na_values.
inline bool is_missing_marker(std::string_view text) noexcept {
  static constexpr std::array<std::string_view, 18> kMarkers = {
      "#N/A", "#N/A N/A", "#NA", "-1.#IND", "-1.#QNAN", "-NaN", "-nan", "1.#IND", "1.#QNAN",
      "<NA>", "N/A",      "NA",  "NULL",    "NaN",      "None", "n/a",  "nan",    "null"};
  static constexpr std::size_t kLongest = 8;
  if (text.empty()) return true;
  return text.size() <= kLongest &&
         std::find(kMarkers.begin(), kMarkers.end(), text) != kMarkers.end();
}

}  // namespace mlserve::data
