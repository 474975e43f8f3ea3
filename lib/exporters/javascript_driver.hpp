#pragma once

#include <string_view>

namespace mlserve::exporters {

/// A program for node that asks a JavaScript export beside it, "./model.mjs": reads records in JSON
/// from the lines of standard input and prints for each `{"label":…,"scores":[…]}`: the index of
/// the class, 0 without classes, and the scores (model/scores.hpp).
std::string_view javascript_driver() noexcept;

}  // namespace mlserve::exporters
