#pragma once

#include <string_view>

namespace mlserve::server {

/// "7" for "007": a version that is a whole number has one way to be written. Other texts are
/// versions as they stand.
std::string_view normal_version(std::string_view text);

/// Whether `a` is the newer one of two versions in their normal form. Of whole numbers the larger
/// one is, as in TensorFlow Serving; they are newer than other texts, which are in code-point
/// order: "2024-06" is newer than "2024-05".
bool is_newer(std::string_view a, std::string_view b);

}  // namespace mlserve::server
