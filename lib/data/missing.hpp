#pragma once

#include <algorithm>
#include <array>
#include <string_view>

namespace mlserve::data {

/// The texts beside "" that stand for "no value": pandas.read_csv's default na_values.
inline constexpr std::array<std::string_view, 18> kMissingMarkers = {
    "#N/A", "#N/A N/A", "#NA", "-1.#IND", "-1.#QNAN", "-NaN", "-nan", "1.#IND", "1.#QNAN",
    "<NA>", "N/A",      "NA",  "NULL",    "NaN",      "None", "n/a",  "nan",    "null"};

/// Whether a text stands for "no value": empty, or one of the markers.
inline bool is_missing_marker(std::string_view text) noexcept {
  constexpr std::size_t kLongest = 8;
  if (text.empty()) return true;
  return text.size() <= kLongest &&
         std::find(kMissingMarkers.begin(), kMissingMarkers.end(), text) != kMissingMarkers.end();
}

}  // namespace mlserve::data
