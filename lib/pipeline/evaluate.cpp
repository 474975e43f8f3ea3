#include "pipeline/evaluate.hpp"

#include <algorithm>
#include <cmath>
#include <memory>
#include <utility>

#include "core/error.hpp"
#include "core/number.hpp"
#include "core/ordered_run.hpp"
#include "core/text.hpp"
#include "data/byte_source.hpp"
#include "data/missing.hpp"
#include "features/schema.hpp"
#include "model/scorer.hpp"

namespace mlserve::pipeline {
namespace {

struct EvaluateBlock {
  RowBlock rows;
  model::Scores scores;
  std::vector<double> targets;
  std::vector<double> weights;  ///< by row; empty: 1 each
};

/// Targets of the rows by the kept column; NaN where there is none.
void read_targets(const RowReader& reader, const features::Target& target, EvaluateBlock& block) {
  const features::ParsedRows& parsed = block.rows.parsed;
  block.targets.clear();
  for (std::size_t row = 0; row < parsed.rows.size(); ++row) {
    const std::string& text = parsed.kept[row][0].text;
    const auto value = features::target_value(target, text);
    if (!value && !data::is_missing_marker(text)) {
      const std::string expected =
          target.classes.empty()
              ? (target.task == features::Task::count ? "a count" : "a number")
              : "a class of the model (classes are: " + shown(join(target.classes)) + ")";
      throw Error(ErrorKind::invalid_data,
                  reader.describe(block.rows, {row, target.name,
                                               "\"" + shown(text) + "\" is not " + expected}));
    }
    block.targets.push_back(value.value_or(kNaN));
  }
}

/// Weights of the rows by the second kept column, NaN where there is none; of rows with a target
/// they are needed. The target of a row of weight 0 becomes NaN.
void read_weights(const RowReader& reader, const std::string& column, EvaluateBlock& block) {
  block.weights.clear();
  for (std::size_t row = 0; row < block.targets.size(); ++row) {
    const std::string& text = block.rows.parsed.kept[row][1].text;
    const auto weight = parse_double(text);
    const bool good = weight && *weight >= 0;
    if (!good && !std::isnan(block.targets[row])) {
      throw Error(ErrorKind::invalid_data,
                  reader.describe(block.rows,
                                  {row, column,
                                   "\"" + shown(text) + "\" is not a sample weight of 0 or more"}));
    }
    block.weights.push_back(weight.value_or(0));
    if (block.weights.back() == 0) block.targets[row] = kNaN;
  }
}

/// Adds the rows of a block that have a target.
void take_scored(const EvaluateBlock& block, ScoredTargets& scored) {
  scored.scores.width = block.scores.width;
  for (std::size_t i = 0; i < block.targets.size(); ++i) {
    if (std::isnan(block.targets[i])) continue;
    const auto row = block.scores.row(i);
    scored.targets.push_back(block.targets[i]);
    scored.scores.values.insert(scored.scores.values.end(), row.begin(), row.end());
    if (!block.weights.empty()) scored.weights.push_back(block.weights[i]);
  }
}

}  // namespace

Evaluation evaluate_file(const model::Model& model, const std::string& path,
                         std::optional<FileFormat> format, unsigned threads,
                         const data::CsvOptions& csv, const std::string& sample_weight) {
  const features::Target& target = model.schema.target;
  if (!format) format = format_of_path(path).value_or(FileFormat::csv);
  std::vector<std::string> kept = {target.name};
  if (!sample_weight.empty()) kept.push_back(sample_weight);
  const std::unique_ptr<RowReader> reader = open_rows(path, *format, model.schema, kept, csv);
  const model::Scorer scorer(model);
  Evaluation evaluation;
  ScoredTargets& scored = evaluation.scored;
  run_ordered<EvaluateBlock>(
      threads, [&](EvaluateBlock& block) { return reader->read(block.rows); },
      [&](EvaluateBlock& block) {
        reader->parse(block.rows);
        const auto& problems = block.rows.parsed.problems;
        if (!problems.empty()) {
          throw Error(ErrorKind::invalid_data, reader->describe(block.rows, problems.front()));
        }
        scorer.score(block.rows.parsed.rows, block.scores);
        read_targets(*reader, target, block);
        if (!sample_weight.empty()) read_weights(*reader, sample_weight, block);
      },
      [&](const EvaluateBlock& block) {
        evaluation.rows += block.targets.size();
        take_scored(block, scored);
      });
  if (scored.targets.empty()) {
    throw Error(
        ErrorKind::invalid_data,
        data::source_name(path) + ": no row has a value in column '" + shown(target.name) + "'");
  }
  evaluation.rows_without_target = evaluation.rows - scored.targets.size();
  evaluation.measures = measure(target, scored, model.threshold);
  return evaluation;
}

Requirement parse_requirement(const std::string& text, const features::Target& target) {
  std::size_t sign = text.find(">=");
  const bool at_least = sign != std::string::npos;
  if (!at_least) sign = text.find("<=");
  const auto bound = sign == std::string::npos
                         ? std::nullopt
                         : parse_double(std::string_view(text).substr(sign + 2));
  if (!bound) {
    throw Error(ErrorKind::invalid_argument,
                "--require: \"" + shown(text) + "\" is not like roc_auc>=0.85");
  }
  Requirement requirement{text.substr(0, sign), at_least, *bound};
  std::erase(requirement.metric, ' ');
  const std::vector<std::string> names = metric_names(target);
  if (std::find(names.begin(), names.end(), requirement.metric) == names.end()) {
    throw Error(ErrorKind::invalid_argument, "--require: no metric '" + shown(requirement.metric) +
                                                 "' (metrics are: " + join(names) + ")");
  }
  return requirement;
}

double metric_value(const model::NamedNumbers& metrics, const std::string& name) {
  return std::find_if(metrics.begin(), metrics.end(),
                      [&](const auto& metric) { return metric.first == name; })
      ->second;
}

}  // namespace mlserve::pipeline
