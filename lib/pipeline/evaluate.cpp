#include "pipeline/evaluate.hpp"

#include <memory>
#include <utility>

#include "core/error.hpp"
#include "core/number.hpp"
#include "core/ordered_run.hpp"
#include "core/text.hpp"
#include "data/byte_source.hpp"
#include "data/missing.hpp"
#include "features/schema.hpp"
#include "metrics/named.hpp"
#include "model/scorer.hpp"

namespace mlserve::pipeline {
namespace {

struct EvaluateBlock {
  RowBlock rows;
  std::vector<double> probabilities;
  std::vector<unsigned char> labels;
};

/// Labels of the rows by the kept target; rows without one get kNoLabel.
void read_labels(const RowReader& reader, const features::Target& target, EvaluateBlock& block) {
  const features::ParsedRows& parsed = block.rows.parsed;
  block.labels.clear();
  for (std::size_t row = 0; row < parsed.rows.size(); ++row) {
    const std::string& text = parsed.kept[row][0].text;
    const auto label = features::class_index(target, text);
    if (!label && !data::is_missing_marker(text)) {
      const features::RowProblem problem{
          row, target.name,
          "\"" + shown(text) +
              "\" is no class of the model (classes are: " + shown(join(target.classes)) + ")"};
      throw Error(ErrorKind::invalid_data, reader.describe(block.rows, problem));
    }
    block.labels.push_back(label.value_or(features::kNoLabel));
  }
}

}  // namespace

Evaluation evaluate_file(const model::Model& model, const std::string& path,
                         std::optional<FileFormat> format, unsigned threads,
                         const data::CsvOptions& csv) {
  const features::Target& target = model.schema.target;
  if (!format) format = format_of_path(path).value_or(FileFormat::csv);
  const std::unique_ptr<RowReader> reader =
      open_rows(path, *format, model.schema, {target.name}, csv);
  const model::Scorer scorer(model);
  Evaluation evaluation;
  std::vector<double> probabilities;
  std::vector<unsigned char> labels;
  run_ordered<EvaluateBlock>(
      threads, [&](EvaluateBlock& block) { return reader->read(block.rows); },
      [&](EvaluateBlock& block) {
        reader->parse(block.rows);
        const auto& problems = block.rows.parsed.problems;
        if (!problems.empty()) {
          throw Error(ErrorKind::invalid_data, reader->describe(block.rows, problems.front()));
        }
        scorer.score(block.rows.parsed.rows, block.probabilities);
        read_labels(*reader, target, block);
      },
      [&](const EvaluateBlock& block) {
        evaluation.rows += block.labels.size();
        for (std::size_t row = 0; row < block.labels.size(); ++row) {
          if (block.labels[row] == features::kNoLabel) continue;
          labels.push_back(block.labels[row]);
          probabilities.push_back(block.probabilities[row]);
        }
      });
  if (labels.empty()) {
    throw Error(
        ErrorKind::invalid_data,
        data::source_name(path) + ": no row has a value in column '" + shown(target.name) + "'");
  }
  evaluation.rows_without_target = evaluation.rows - labels.size();
  evaluation.metrics = metrics::evaluate({labels, probabilities, {}});
  return evaluation;
}

Requirement parse_requirement(const std::string& text) {
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
  metric_value({}, requirement.metric);
  return requirement;
}

double metric_value(const metrics::BinaryMetrics& metrics, const std::string& name) {
  std::vector<std::string> names;
  for (const auto& [known, value] : metrics::named(metrics)) {
    if (known == name) return value;
    names.push_back(known);
  }
  throw Error(ErrorKind::invalid_argument,
              "--require: no metric '" + shown(name) + "' (metrics are: " + join(names) + ")");
}

}  // namespace mlserve::pipeline
