#pragma once

#include <span>
#include <string>
#include <string_view>

#include "pipeline/export_runtime.hpp"

namespace mlserve::pipeline {

/// The rows as JSON Lines, for a runtime that takes records; a missing value is null.
std::string raw_records(const features::Schema& schema, std::span<const RawRow> rows);

/// Reads answers of the form that `mlserve predict --format jsonl --probabilities` writes, one
/// line for each of `rows` rows: {"prediction": …} and, with classes, "probabilities": an object by
/// class. Throws Error(internal) naming the line that is not such.
ExportAnswers read_answers(const features::Target& target, std::string_view lines,
                           std::size_t rows);

}  // namespace mlserve::pipeline
