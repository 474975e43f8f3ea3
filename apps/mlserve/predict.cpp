#include <map>
#include <memory>
#include <string>

#include "mlserve/command.hpp"
#include "mlserve/console.hpp"
#include "mlserve/exit_codes.hpp"
#include "model/model_file.hpp"
#include "pipeline/predict_file.hpp"

namespace mlserve::app {
namespace {

constexpr const char* kPredictExamples = R"(Examples:
  mlserve predict passengers.json
  mlserve predict new.csv -m churn.json --probabilities --keep customer_id -o scores.csv
  zcat events.jsonl.gz | mlserve predict - --input-format jsonl
  mlserve predict new.csv --on-error skip --rejects bad_rows.csv)";

const std::map<std::string, pipeline::FileFormat> kPredictFormats = {
    {"json", pipeline::FileFormat::json},
    {"jsonl", pipeline::FileFormat::jsonl},
    {"ndjson", pipeline::FileFormat::jsonl},
    {"csv", pipeline::FileFormat::csv}};

const std::map<std::string, pipeline::OnError> kOnError = {{"fail", pipeline::OnError::fail},
                                                           {"skip", pipeline::OnError::skip},
                                                           {"null", pipeline::OnError::null}};

struct PredictCommand {
  pipeline::PredictFileOptions options;
  std::string model;
};

void add_options(CLI::App& app, PredictCommand& command) {
  pipeline::PredictFileOptions& options = command.options;
  app.add_option("input", options.input,
                 "File of records (.json, .jsonl, .csv, also .gz), or - for standard input")
      ->required();
  add_model_option(app, command.model);
  app.add_option("-o,--output", options.output, "File to write, or - for standard output")
      ->capture_default_str();
  app.add_option("--input-format", options.input_format,
                 "Format of the input (default: by its name)")
      ->transform(one_of(kPredictFormats));
  app.add_option("--format", options.format, "Format of the output (default: as the input)")
      ->transform(one_of(kPredictFormats));
  add_csv_options(app, options.csv);
  app.add_flag("--explain", options.explain,
               "How much each feature adds to the margin (log odds), beside the baseline");
  app.add_flag("--probabilities", options.probabilities,
               "Write the probability of each class as well");
  add_list_option(app, "--keep", options.keep, "Values of the input to pass through");
  app.add_option("--on-error", options.on_error,
                 "What to do with a row that cannot be scored (default: fail)")
      ->transform(one_of(kOnError));
  app.add_option("--rejects", options.rejects,
                 "CSV file for rows that cannot be scored, with the reason");
  add_threads_option(app, options.threads);
}

void log_summary(Log& log, const features::Schema& schema,
                 const pipeline::PredictSummary& summary) {
  log_value_warnings(log, schema, summary.warnings, summary.rows);
  if (summary.rejected > 0) {
    log.warning(grouped(summary.rejected) + " of " + grouped(summary.rows) +
                " rows could not be scored");
  }
}

int run(const PredictCommand& command, Context& context) {
  const pipeline::PredictFileOptions& options = command.options;
  require_different(options.output, command.model, "--output is the model");
  if (!options.rejects.empty()) {
    require_different(options.rejects, options.output, "--rejects is the output");
    require_different(options.rejects, options.input, "--rejects is the input");
  }
  const model::Model model = model::load(command.model);
  const pipeline::PredictSummary summary = pipeline::predict_file(model, command.options);
  log_summary(context.log, model.schema, summary);
  return kDone;
}

}  // namespace

Command add_predict(CLI::App& app) {
  auto command = std::make_shared<PredictCommand>();
  CLI::App* sub = app.add_subcommand("predict", "Score a file with a saved model");
  sub->footer(kPredictExamples);
  add_options(*sub, *command);
  return {sub, [command](Context& context) { return run(*command, context); }};
}

}  // namespace mlserve::app
