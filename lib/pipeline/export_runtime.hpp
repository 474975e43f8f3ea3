#pragma once

#include <cstddef>
#include <memory>
#include <span>
#include <string>
#include <variant>
#include <vector>

#include "exporters/exporter.hpp"
#include "model/model.hpp"
#include "model/scores.hpp"

namespace mlserve::pipeline {

/// A value as it stands in a table or record: missing, a number (of a numeric or boolean feature),
/// or a text (of a category, text or date), which may be a marker of a missing value.
using RawValue = std::variant<std::monostate, double, std::string>;
using RawRow = std::vector<RawValue>;  ///< by feature

/// What an export says of some rows.
struct ExportAnswers {
  /// Row by row the probabilities of all classes in their order, or the predicted number.
  model::Scores numbers;
  std::vector<std::size_t> labels;  ///< by row, index of the class; empty without classes
};

/// How many numbers a row has there, and those that the model gives for a row of its scores.
std::size_t answer_width(const model::Model& model);
std::vector<double> answer_of(const model::Model& model, std::span<const double> scores);

/// A program that runs an export, wherever it is. One thread at a time.
class ExportRuntime {
 public:
  virtual ~ExportRuntime() = default;

  /// "SQLite 3.40.1", "/usr/bin/cc".
  virtual std::string name() const = 0;

  /// Scores `rows`, as often as wanted. Throws Error(internal) that says what the runtime says when
  /// it does not take the export or answers otherwise than it should.
  virtual ExportAnswers score(std::span<const RawRow> rows) = 0;
};

/// What is to be run; all of it outlives the runtime.
struct ExportedModel {
  const model::Model& model;
  const exporters::ExportOptions& options;
  const std::string& bytes;  ///< what the exporter wrote
};

/// The runtime of an export, or why there is none here.
struct RuntimeChoice {
  std::unique_ptr<ExportRuntime> runtime;
  std::string why_not;  ///< "no cc on PATH"
};

/// What can run an export of this format on this machine. Throws Error(internal) when the export is
/// not even taken.
RuntimeChoice choose_runtime(const exporters::Exporter& exporter, const ExportedModel& exported);

// One factory a runtime; null when it is not on this machine. They throw Error(unavailable) when it
// is, but does not work here.
std::unique_ptr<ExportRuntime> bundle_runtime(const ExportedModel& exported);
std::unique_ptr<ExportRuntime> compiler_runtime(const ExportedModel& exported);  ///< of C and C++
std::unique_ptr<ExportRuntime> node_runtime(const ExportedModel& exported);      ///< of JavaScript
std::unique_ptr<ExportRuntime> sqlite_runtime(const ExportedModel& exported);

}  // namespace mlserve::pipeline
