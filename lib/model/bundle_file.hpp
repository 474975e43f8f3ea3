#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace mlserve::model {

// A bundle is an executable with a model file behind it: the program, the text of the model, and
// 24 bytes that say so: the size of the text as 8 bytes, the least significant first, and
// "mlserve bundle 1". Loaders of executables do not look at what follows the program.

/// The bundle of a program, which may be a bundle itself and then loses its model, and the text of
/// a model file.
std::string make_bundle(std::string_view program, std::string_view model_text);

/// The text of the model in the file at `path`; none when that is no bundle, or no file at all.
/// Throws Error(corrupt) for a bundle that is cut.
std::optional<std::string> bundled_model(const std::string& path);

/// Whether the file at `path` ends as bundles do. Reads 24 bytes.
bool is_bundle(const std::string& path);

}  // namespace mlserve::model
