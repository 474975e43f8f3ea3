#pragma once

#include <fstream>
#include <stdexcept>
#include <string>

#include <nlohmann/json.hpp>

namespace mlserve::testing {

/// A file of tests/reference, as the script beside it of the same name describes.
inline nlohmann::json read_reference(const std::string& name) {
  std::ifstream file(MLSERVE_SOURCE_DIR "/tests/reference/" + name);
  if (!file) throw std::runtime_error("tests/reference/" + name + " is not there");
  return nlohmann::json::parse(file);
}

/// tests/reference/reference.json: what scikit-learn and statsmodels say, as make_reference.py
/// beside it describes.
inline const nlohmann::json& reference() {
  static const nlohmann::json content = read_reference("reference.json");
  return content;
}

}  // namespace mlserve::testing
