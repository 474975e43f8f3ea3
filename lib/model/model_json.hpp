#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include <nlohmann/json.hpp>

#include "model/model.hpp"

namespace mlserve::model {

inline constexpr std::string_view kFormat = "mlserve.model";
inline constexpr std::string_view kChecksumPrefix = "sha256:";
inline constexpr std::size_t kDigestDigits = 64;

/// What stands in the place of the checksum while it is computed.
inline std::string zero_checksum() {
  return std::string(kChecksumPrefix) + std::string(kDigestDigits, '0');
}

/// The members of a model file in the order of FORMAT.md, the checksum all zeros.
nlohmann::ordered_json model_to_json(const Model& model);

/// The model of such members, of any format version up to kFormatVersion; golden rows are not
/// scored. Throws nlohmann's exceptions for members that are missing or of another type and
/// Error(corrupt), which says the broken rule, for what does not fit together.
Model model_from_json(nlohmann::ordered_json json);

}  // namespace mlserve::model
