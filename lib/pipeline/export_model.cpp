#include "pipeline/export_model.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <memory>
#include <span>
#include <string_view>
#include <utility>
#include <vector>

#include "core/error.hpp"
#include "core/number.hpp"
#include "core/signal_hold.hpp"
#include "core/text.hpp"
#include "data/byte_sink.hpp"
#include "data/byte_source.hpp"
#include "exporters/spellings.hpp"
#include "model/scorer.hpp"
#include "pipeline/export_runtime.hpp"
#include "pipeline/row_reader.hpp"

namespace mlserve::pipeline {
namespace {

using features::Feature;

/// A value as the input has it: numbers as they were understood, texts as they were written.
RawValue raw_value(const Feature& feature, const features::ParsedRows& parsed, std::size_t row,
                   std::size_t f) {
  if (feature.kind == features::FeatureKind::numeric ||
      feature.kind == features::FeatureKind::boolean) {
    const double number = parsed.rows.columns()[f].numbers[row];
    return std::isnan(number) ? RawValue() : RawValue(number);
  }
  const std::string& text = parsed.kept[row][f].text;
  return text.empty() ? RawValue() : RawValue(text);
}

std::vector<RawRow> raw_rows(const features::Schema& schema, const features::ParsedRows& parsed) {
  std::vector<RawRow> rows(parsed.rows.size());
  for (std::size_t row = 0; row < rows.size(); ++row) {
    for (std::size_t f = 0; f < schema.features.size(); ++f)
      rows[row].push_back(raw_value(schema.features[f], parsed, row, f));
  }
  return rows;
}

/// Of two probabilities, or of predicted numbers relative to the expected one where that exceeds 1.
double difference(double given, double expected) {
  if (given == expected) return 0;
  const double distance = std::abs(given - expected) / std::max(1.0, std::abs(expected));
  return std::isnan(distance) ? std::numeric_limits<double>::infinity() : distance;
}

/// Compares an export with its model, row by row.
class Verification {
 public:
  Verification(const model::Model& model, ExportRuntime& runtime)
      : model_(model), scorer_(model), runtime_(runtime) {}

  /// Returns how many rows there are. Throws Error(internal) for the first that differs,
  /// Error(invalid_data) for one that cannot be scored.
  std::uint64_t run(RowReader& reader) {
    std::uint64_t rows = 0;
    for (RowBlock block; reader.read(block);) {
      reader.parse(block);
      if (!block.parsed.problems.empty())
        throw Error(ErrorKind::invalid_data, reader.describe(block, block.parsed.problems.front()));
      compare(reader, block);
      rows += block.parsed.rows.size();
    }
    return rows;
  }

  double largest_difference() const noexcept { return largest_difference_; }

 private:
  void compare(const RowReader& reader, const RowBlock& block) {
    model::Scores scores;
    scorer_.score(block.parsed.rows, scores);
    const ExportAnswers answers = runtime_.score(raw_rows(model_.schema, block.parsed));
    for (std::size_t row = 0; row < block.parsed.rows.size(); ++row) {
      const std::vector<double> expected = answer_of(model_, scores.row(row));
      const auto given = answers.numbers.row(row);
      if (agrees(given, expected) &&
          (answers.labels.empty() || answers.labels[row] == scorer_.label(scores.row(row))))
        continue;
      const std::string detail = "by " + runtime_.name() + " the export says " + text_of(given) +
                                 ", the model says " + text_of(expected) +
                                 other_spelling(block.parsed, row) + "; nothing is written";
      throw Error(ErrorKind::internal, reader.describe(block, {row, "", detail}));
    }
  }

  bool agrees(std::span<const double> given, std::span<const double> expected) {
    double largest = 0;
    for (std::size_t k = 0; k < expected.size(); ++k)
      largest = std::max(largest, difference(given[k], expected[k]));
    largest_difference_ = std::max(largest_difference_, largest);
    return largest <= kExportTolerance;
  }

  static std::string text_of(std::span<const double> numbers) {
    std::string text;
    for (const double number : numbers) {
      text += text.empty() ? "" : ", ";
      text += std::isfinite(number) ? format_double(number) : "no number";
    }
    return text;
  }

  /// That the model knows a category of the row in a spelling that exports do not.
  std::string other_spelling(const features::ParsedRows& parsed, std::size_t row) const {
    for (std::size_t f = 0; f < model_.schema.features.size(); ++f) {
      const Feature& feature = model_.schema.features[f];
      if (!feature.is_categorical() ||
          parsed.rows.columns()[f].codes[row] < features::kFirstCategory)
        continue;
      const std::string& text = parsed.kept[row][f].text;
      const std::vector<exporters::Spelling> known = exporters::spellings(model_, f);
      if (std::none_of(known.begin(), known.end(),
                       [&](const exporters::Spelling& spelling) { return spelling.text == text; }))
        return " (it does not know the category " + feature.name + " in the spelling \"" +
               shown(text) + "\")";
    }
    return {};
  }

  const model::Model& model_;
  model::Scorer scorer_;
  ExportRuntime& runtime_;
  double largest_difference_ = 0;
};

ExportCheck verify(const model::Model& model, const ExportRequest& request,
                   const std::string& bytes) {
  const RuntimeChoice choice = choose_runtime(*request.exporter, {model, request.options, bytes});
  ExportCheck check;
  if (!choice.runtime) {
    if (!request.verify.empty()) {
      throw Error(ErrorKind::invalid_argument,
                  "--verify: " + std::string(request.exporter->name) +
                      " cannot be scored here: " + std::string(choice.why_not));
    }
    check.why_not = choice.why_not;
    return check;
  }
  const features::Schema& schema = model.schema;
  const std::vector<std::string> kept = schema.feature_names();
  Verification verification(model, *choice.runtime);
  std::string golden;
  for (const model::GoldenRow& row : model.golden_rows) golden += row.record + '\n';
  check.runtime = choice.runtime->name();
  check.golden_rows = verification.run(
      *read_rows(data::memory_source(golden), "golden rows", FileFormat::jsonl, schema, kept));
  if (!request.verify.empty()) {
    const FileFormat format = format_of_path(request.verify).value_or(FileFormat::csv);
    check.rows = verification.run(*open_rows(request.verify, format, schema, kept, request.csv));
  }
  check.largest_difference = verification.largest_difference();
  return check;
}

}  // namespace

ExportCheck export_model(const model::Model& model, const ExportRequest& request) {
  const SignalHold hold;  // runtimes have folders to remove
  const exporters::Exporter& exporter = *request.exporter;
  // First, so that a place that cannot be written to is known at once.
  const auto sink =
      data::open_sink(request.output, exporter.is_executable ? FileUse::program : FileUse::data);
  const std::string bytes = exporter.write(model, request.options);
  const ExportCheck check = verify(model, request, bytes);
  sink->write(bytes);
  sink->commit();
  return check;
}

}  // namespace mlserve::pipeline
