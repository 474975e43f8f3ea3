#include "pipeline/predict_file.hpp"

#include <memory>
#include <utility>

#include "core/error.hpp"
#include "core/ordered_run.hpp"
#include "core/text.hpp"
#include "data/byte_sink.hpp"
#include "data/csv_writer.hpp"
#include "model/scorer.hpp"
#include "pipeline/prediction_writer.hpp"

namespace mlserve::pipeline {
namespace {

FileFormat input_format(const std::string& input, const PredictOptions& options) {
  if (options.input_format) return *options.input_format;
  if (const auto format = format_of_path(input)) return *format;
  throw Error(
      ErrorKind::invalid_argument,
      input + ": its format is not clear from its name; say --input-format json, jsonl or csv");
}

struct PredictBlock {
  RowBlock rows;
  ScoredRows scored;
  std::vector<features::ValueWarnings> warnings;
  PredictionText text;
  std::string rejects;
  std::uint64_t rejected = 0;
};

/// One run over an input.
class RowsPrediction {
 public:
  RowsPrediction(const model::Model& model, const data::Input& input, const PredictOptions& options,
                 data::ByteSink& output, data::ByteSink* rejects)
      : options_(options),
        schema_(model.schema),
        scorer_(model),
        reader_(read_rows(input.open(), input.name, input_format(input.name, options), model.schema,
                          options.keep, options.csv)),
        output_format_(options.format.value_or(input_format(input.name, options))),
        formatter_(model, scorer_,
                   {output_format_, options.probabilities, options.explain, options.keep}),
        output_(output),
        rejects_(rejects),
        bytes_read_(options.progress, input.bytes.value_or(0)) {
    summary_.warnings.resize(schema_.features.size());
  }

  PredictSummary run() {
    if (rejects_ != nullptr) rejects_->write("number,reason\n");
    run_ordered<PredictBlock>(
        options_.threads, [&](PredictBlock& block) { return reader_->read(block.rows); },
        [&](PredictBlock& block) { work(block); },
        [&](const PredictBlock& block) { consume(block); });
    if (summary_.rows == 0) write_header();
    if (output_format_ == FileFormat::json) output_.write(formatter_.document(document_));
    tell(options_.progress, 1);
    return std::move(summary_);
  }

 private:
  void work(PredictBlock& block) const {
    reader_->parse(block.rows);
    const features::ParsedRows& parsed = block.rows.parsed;
    score_rows(scorer_, parsed.rows, options_.explain, block.scored);
    reject(block);
    block.warnings.assign(schema_.features.size(), {});
    features::add_warnings(schema_, parsed, block.warnings);
    formatter_.format(parsed, block.scored, block.text);
  }

  void reject(PredictBlock& block) const {
    const std::vector<features::RowProblem>& problems = block.rows.parsed.problems;
    block.rejects.clear();
    block.rejected = 0;
    if (problems.empty()) return;
    if (options_.on_error == OnError::fail) {
      throw Error(ErrorKind::invalid_data, reader_->describe(block.rows, problems.front()));
    }
    const auto state =
        options_.on_error == OnError::skip ? ScoredRows::State::skipped : ScoredRows::State::null;
    for (const features::RowProblem& problem : problems) {
      ScoredRows::State& of_row = block.scored.states[problem.row];
      block.rejected += of_row == ScoredRows::State::scored;
      of_row = state;
      block.rejects += std::to_string(reader_->number(block.rows, problem.row)) + ',';
      data::append_csv_field(block.rejects, reader_->describe(block.rows, problem));
      block.rejects += '\n';
    }
  }

  void consume(const PredictBlock& block) {
    if (summary_.rows == 0) write_header();
    summary_.rows += block.scored.states.size();
    summary_.rejected += block.rejected;
    for (std::size_t f = 0; f < block.warnings.size(); ++f) {
      summary_.warnings[f].missing += block.warnings[f].missing;
      summary_.warnings[f].unknown += block.warnings[f].unknown;
      summary_.warnings[f].out_of_range += block.warnings[f].out_of_range;
    }
    if (rejects_ != nullptr) rejects_->write(block.rejects);
    output_.write(block.text.rows);
    document_.append(block.text);
    bytes_read_.add(block.rows.bytes());
  }

  void write_header() { output_.write(formatter_.header()); }

  const PredictOptions& options_;
  const features::Schema& schema_;
  model::Scorer scorer_;
  std::unique_ptr<RowReader> reader_;
  FileFormat output_format_;
  PredictionFormatter formatter_;
  data::ByteSink& output_;
  data::ByteSink* rejects_;  ///< null: none
  ByteProgress bytes_read_;
  PredictSummary summary_;
  PredictionText document_;
};

}  // namespace

PredictSummary predict_rows(const model::Model& model, const data::Input& input,
                            const PredictOptions& options, data::ByteSink& output,
                            data::ByteSink* rejects) {
  return RowsPrediction(model, input, options, output, rejects).run();
}

PredictSummary predict_file(const model::Model& model, const PredictFileOptions& options) {
  PredictOptions rows = options;
  if (options.input == "-" && !rows.input_format) rows.input_format = FileFormat::json;
  const std::unique_ptr<data::ByteSink> output = data::open_sink(options.output);
  std::unique_ptr<data::ByteSink> rejects;
  if (!options.rejects.empty()) rejects = data::open_sink(options.rejects);
  PredictSummary summary =
      predict_rows(model, data::file_input(options.input), rows, *output, rejects.get());
  output->commit();
  if (rejects) rejects->commit();
  return summary;
}

}  // namespace mlserve::pipeline
