#pragma once

#include <cstddef>
#include <string>

#include "model/model.hpp"

namespace mlserve::model {

/// The model file of FORMAT.md as text, with its checksum.
std::string to_text(const Model& model);

/// The checksum that such a text states, 64 hex digits. `text` is what `to_text` gave.
std::string checksum_in(const std::string& text);

/// Reads the text of a model file; `name` stands for it in messages. Checks format, version,
/// checksum, sizes and finiteness, and re-scores the golden rows (1e-12 relative).
/// Throws Error(corrupt), one line that says what is wrong with it.
Model from_text(const std::string& text, const std::string& name);

/// Writes the file atomically and returns its checksum, 64 hex digits.
std::string save(const Model& model, const std::string& path);

/// The model of a model file, or of a bundle (bundle_file.hpp).
/// Throws Error(not_found) or Error(corrupt). Runs no code of the file.
Model load(const std::string& path);

}  // namespace mlserve::model
