#pragma once

#include <span>
#include <string>

#include "pipeline/export_runtime.hpp"

namespace mlserve::pipeline {

/// The rows as JSON Lines, for a runtime that takes records; a missing value is null.
std::string raw_records(const features::Schema& schema, std::span<const RawRow> rows);

}  // namespace mlserve::pipeline
