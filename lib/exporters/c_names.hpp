#pragma once

#include <string>
#include <vector>

#include "features/schema.hpp"

namespace mlserve::exporters {

/// Names for the members of a row, by feature, all different: the features' own where C and C++
/// allow it, else something like them. The same in both languages.
std::vector<std::string> member_names(const std::vector<features::Feature>& features);

/// Whether the member is a text: of a category, a text or a date; else a double.
bool is_text_member(const features::Feature& feature);

}  // namespace mlserve::exporters
