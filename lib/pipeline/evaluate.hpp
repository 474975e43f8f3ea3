#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "model/model.hpp"
#include "pipeline/measure.hpp"
#include "pipeline/row_reader.hpp"

namespace mlserve::pipeline {

struct Evaluation {
  Measures measures;
  ScoredTargets scored;                   ///< the rows that have a target
  std::uint64_t rows = 0;                 ///< read
  std::uint64_t rows_without_target = 0;  ///< left out
};

/// Metrics of a saved model on labelled data: a file as for `predict_file` that has the target too.
/// Throws Error(invalid_data) naming the place of a value that makes no sense or of a class that
/// the model does not know, and when no row has a target. A field `sample_weight` (empty: none)
/// weighs the rows; a row of weight 0 is as if it had no target.
Evaluation evaluate_file(const model::Model& model, const std::string& path,
                         std::optional<FileFormat> format, unsigned threads,
                         const data::CsvOptions& csv = {}, const std::string& sample_weight = {});

/// A bound that a metric must keep: `roc_auc>=0.85`.
struct Requirement {
  std::string metric;
  bool at_least = true;  ///< else at most
  double bound = 0;

  bool holds(double value) const { return at_least ? value >= bound : value <= bound; }
};

/// Throws Error(invalid_argument) for a text that is no requirement, and, with their names, for a
/// metric that a model of `target` does not have.
Requirement parse_requirement(const std::string& text, const features::Target& target);

/// Value of the metric of that name, which must be there.
double metric_value(const model::NamedNumbers& metrics, const std::string& name);

}  // namespace mlserve::pipeline
