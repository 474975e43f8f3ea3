#include "pipeline/train.hpp"

#include <array>
#include <cmath>
#include <cstdint>
#include <cstdlib>
#include <ctime>
#include <memory>
#include <string>
#include <vector>

#include "core/atomic_file.hpp"
#include "core/error.hpp"
#include "core/number.hpp"
#include "core/text.hpp"
#include "data/input.hpp"
#include "mlserve/command.hpp"
#include "mlserve/console.hpp"
#include "mlserve/exit_codes.hpp"
#include "mlserve/model_text.hpp"
#include "mlserve/train_options.hpp"
#include "model/model_file.hpp"
#include "pipeline/describe.hpp"
#include "pipeline/report_of.hpp"
#include "report/report.hpp"

namespace mlserve::app {
namespace {

constexpr const char* kTrainExamples = R"(Examples:
  mlserve train titanic.csv
  mlserve train customers.csv --target churned --exclude customer_id -o churn.json
  mlserve train sales.csv --target price --penalty none --report report.html
  mlserve train visits.csv --target n --estimator poisson --folds 5 --search C=0.01,0.1,1
  mlserve train data.csv --target y --dry-run       shows the schema, fits nothing
  mlserve train 2023.csv 2024.csv.gz --target y     the rows of both
  cat data.csv | mlserve train - --target y

With no --target and a column Survived in the file: target Survived, features Age, Sex, Embarked.
Metrics come from a stratified holdout; the saved model is fitted on all rows.)";

/// A longer table would scroll the metrics away; `inspect` shows all.
constexpr std::size_t kShownCoefficients = 40;

struct TrainCommand {
  pipeline::TrainOptions options;
  std::vector<std::string> inputs;
  std::string output = "model.json";
  std::string report;  ///< empty: none
  bool dry_run = false;
};

void add_options(CLI::App& app, TrainCommand& command) {
  app.add_option("data", command.inputs,
                 "CSV files with a header and the same columns, or - for standard input")
      ->required();
  add_train_options(app, command.options);
  app.add_flag("--dry-run", command.dry_run, "Show the schema; fit and save nothing");
  app.add_option("--report", command.report, "HTML file with the schema, metrics and plots");
  app.add_option("-o,--output", command.output, "Model file to write")->capture_default_str();
}

/// The moment of SOURCE_DATE_EPOCH in RFC 3339, or nothing. A model has no other date, so that the
/// same data give the same file.
std::string source_date() {
  const char* text = std::getenv("SOURCE_DATE_EPOCH");
  if (text == nullptr) return {};
  const auto seconds = parse_integer(text);
  std::tm utc{};
  const std::time_t time = seconds.value_or(-1);
  if (!seconds || *seconds < 0 || gmtime_r(&time, &utc) == nullptr) {
    throw Error(ErrorKind::invalid_argument,
                "SOURCE_DATE_EPOCH: \"" + shown(text) + "\" is no number of seconds");
  }
  std::array<char, 32> buffer{};
  std::strftime(buffer.data(), buffer.size(), "%Y-%m-%dT%H:%M:%SZ", &utc);
  return buffer.data();
}

void log_inference(Log& log, const features::InferredSchema& inferred) {
  for (const auto& [name, reason] : inferred.left_out) {
    log.info("column '" + shown(name) + "' is left out: " + reason);
  }
  for (const std::string& warning : inferred.warnings) log.warning(warning);
  if (inferred.rows_without_target > 0) {
    log.info(grouped(inferred.rows_without_target) + " rows without a target are left out");
  }
}

std::string search_text(const pipeline::SearchResult& search) {
  TextTable table({TextTable::Align::left, TextTable::Align::right, TextTable::Align::left});
  for (std::size_t i = 0; i < search.trials.size(); ++i) {
    const pipeline::Trial& trial = search.trials[i];
    table.add({trial_name(trial), rounded(trial.mean, 6) + " ± " + rounded(trial.deviation, 2),
               i == search.best ? "best" : ""});
  }
  return "search, mean loss on folds\n" + table.text(2);
}

std::string validation_text(const pipeline::TrainResult& result) {
  if (!result.validation) return "metrics none: " + result.why_no_validation + "\n";
  const pipeline::Validation& validation = *result.validation;
  const std::string rows = grouped(static_cast<std::uint64_t>(validation.rows));
  const bool classes = !result.model.schema.target.classes.empty();
  const std::string chosen = rows + " rows, " + (classes ? "stratified" : "chosen at random");
  const std::string how = validation.folds > 0
                              ? "folds   " + std::to_string(validation.folds) + " of " + chosen +
                                    ", each with a model of the others\n"
                              : "holdout " + chosen + ", the model fitted on the others\n";
  return how + metrics_text(validation.metrics, validation.deviations) +
         classes_text(result.model.schema.target, validation.measures);
}

std::string result_text(const TrainCommand& command, const pipeline::TrainResult& result) {
  const model::Model& model = result.model;
  std::string text = "data    " + data::input_name(data::file_inputs(command.inputs)) + ", " +
                     grouped(model.training.rows) + " rows\n";
  text += schema_text(model.schema, model.encoder);
  if (result.search) text += search_text(*result.search);
  text += validation_text(result);
  text += "coefficients, fitted on all rows (" + std::string(estimator_name(model.estimator));
  for (const auto& [name, value] : model.training.options) {
    if (name == "penalty" || name == "C" || name == "l1-ratio")
      text.append(", ").append(name).append(" ").append(value);
  }
  text += ")\n" + coefficients_text(model, kShownCoefficients) + inference_text(model.inference);
  if (!command.report.empty()) text += "report  " + command.report + "\n";
  return text + "model   " + command.output + "\n";
}

void log_fit(Log& log, const pipeline::TrainResult& result) {
  log.debug("fitted", {{"seconds", format_double(result.fit_seconds)},
                       {"objective", format_double(result.objective)},
                       {"solver", result.model.training.solver},
                       {"iterations", std::to_string(result.model.training.iterations)}});
  if (!result.model.training.converged)
    log.warning("the fit did not converge; are values extremely large?");
}

/// Nothing that is written may take the place of another file of the command.
void require_own_files(const TrainCommand& command) {
  if (command.output == "-") {
    throw Error(ErrorKind::invalid_argument,
                "--output: a model goes to a file, not to standard output");
  }
  if (command.report == "-") {
    throw Error(ErrorKind::invalid_argument,
                "--report: a report goes to a file, not to standard output");
  }
  for (const std::string& input : command.inputs)
    require_different(input, command.output, "--output is the input");
  if (command.report.empty()) return;
  require_different(command.output, command.report, "--report is the model file");
  for (const std::string& input : command.inputs)
    require_different(input, command.report, "--report is the input");
}

int run(TrainCommand& command, Context& context) {
  command.options.created_at = source_date();
  require_own_files(command);
  if (command.dry_run) {
    const pipeline::FileSchema read =
        pipeline::infer_files(data::file_inputs(command.inputs), command.options);
    log_inference(context.log, read.inferred);
    print(context.common.json ? pipeline::schema_json(read)
                              : schema_text(read.inferred.schema, {}));
    return kDone;
  }
  pipeline::TrainResult result = pipeline::train(command.inputs, command.options);
  log_inference(context.log, result.inferred);
  log_fit(context.log, result);
  result.model.checksum = model::save(result.model, command.output);
  if (!command.report.empty())
    write_file(command.report, report::render(pipeline::report_of(result)));
  print(context.common.json ? pipeline::train_json(result, command.output)
                            : result_text(command, result));
  return kDone;
}

}  // namespace

Command add_train(CLI::App& app) {
  auto command = std::make_shared<TrainCommand>();
  CLI::App* sub = app.add_subcommand("train", "Fit a model to a CSV file and save it");
  sub->footer(kTrainExamples);
  add_options(*sub, *command);
  return {sub, [command, sub](Context& context) {
            require_heeded(*sub, command->options);
            return run(*command, context);
          }};
}

}  // namespace mlserve::app
