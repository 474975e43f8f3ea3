#pragma once

#include <optional>
#include <string_view>

namespace mlserve::features {

/// The truth value that pandas.read_csv reads from a text: true, True, TRUE and their opposites;
/// yes and no are categories.
inline std::optional<bool> parse_boolean(std::string_view text) noexcept {
  if (text == "true" || text == "True" || text == "TRUE") return true;
  if (text == "false" || text == "False" || text == "FALSE") return false;
  return std::nullopt;
}

}  // namespace mlserve::features
