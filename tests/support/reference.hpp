#pragma once

#include <fstream>
#include <stdexcept>

#include <nlohmann/json.hpp>

namespace mlserve::testing {

/// tests/reference/reference.json: what scikit-learn and statsmodels say, as make_reference.py
/// beside it describes.
inline const nlohmann::json& reference() {
  static const nlohmann::json content = [] {
    std::ifstream file(MLSERVE_SOURCE_DIR "/tests/reference/reference.json");
    if (!file) throw std::runtime_error("tests/reference/reference.json is not there");
    return nlohmann::json::parse(file);
  }();
  return content;
}

}  // namespace mlserve::testing
