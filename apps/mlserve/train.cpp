#include "pipeline/train.hpp"

#include <array>
#include <cmath>
#include <cstdint>
#include <cstdlib>
#include <ctime>
#include <memory>
#include <string>
#include <vector>

#include "core/error.hpp"
#include "core/number.hpp"
#include "core/text.hpp"
#include "data/byte_source.hpp"
#include "metrics/named.hpp"
#include "mlserve/command.hpp"
#include "mlserve/console.hpp"
#include "mlserve/exit_codes.hpp"
#include "model/model_file.hpp"

namespace mlserve::app {
namespace {

constexpr const char* kExamples = R"(Examples:
  mlserve train titanic.csv
  mlserve train customers.csv --target churned --exclude customer_id -o churn.json
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
  bool dry_run = false;
};

void add_options(CLI::App& app, TrainCommand& command) {
  pipeline::TrainOptions& options = command.options;
  app.add_option("data", command.inputs,
                 "CSV files with a header and the same columns, or - for standard input")
      ->required();
  app.add_option("--target", options.target, "Column to predict; it has two classes");
  add_csv_options(app, options.csv);
  add_list_option(app, "--features", options.features,
                  "Columns to predict from (default: all that can serve)");
  add_list_option(app, "--exclude", options.exclude, "Columns that are no features");
  add_list_option(app, "--categorical", options.categorical, "Columns to take as categories");
  add_list_option(app, "--numeric", options.numeric, "Columns to take as numbers");
  app.add_option("--C", options.C, "Inverse strength of the L2 penalty")
      ->check(CLI::Validator(
          [](const std::string& text) {
            return parse_double(text).value_or(0) > 0 ? std::string()
                                                      : text + " is no number above 0";
          },
          "FLOAT > 0"))
      ->capture_default_str();
  app.add_option("--test-size", options.test_size,
                 "Share of the rows held out to measure on; 0 for none")
      ->check(CLI::Range(0.0, 0.9))
      ->capture_default_str();
  app.add_option("--seed", options.seed, "Decides which rows are held out")
      ->check(CLI::NonNegativeNumber)
      ->capture_default_str();
  add_threads_option(app, options.threads);
  app.add_flag("--dry-run", command.dry_run, "Show the schema; fit and save nothing");
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

void write_left_out(data::JsonWriter& json, const features::InferredSchema& inferred) {
  json.key("left_out").begin_array();
  for (const auto& [name, reason] : inferred.left_out) {
    json.begin_object().key("column").string(name).key("reason").string(reason).end_object();
  }
  json.end_array();
  json.key("rows_without_target").integer(static_cast<long long>(inferred.rows_without_target));
}

std::string result_json(const TrainCommand& command, const pipeline::TrainResult& result) {
  std::string text;
  data::JsonWriter json(text);
  json.begin_object();
  json.key("model").string(command.output).key("checksum").string(result.model.checksum);
  json.key("rows").integer(static_cast<long long>(result.model.training.rows));
  json.key("target").string(result.model.schema.target.name);
  json.key("features");
  write_features(json, result.model);
  write_left_out(json, result.inferred);
  json.key("metrics");
  write_metrics(json, result.model.metrics);
  json.key("coefficients");
  write_coefficients(json, result.model);
  json.key("converged").boolean(result.model.training.converged);
  json.end_object();
  return text + "\n";
}

std::string result_text(const TrainCommand& command, const pipeline::TrainResult& result) {
  const model::Model& model = result.model;
  std::string text = "data    " + data::source_name(command.inputs) + ", " +
                     grouped(model.training.rows) + " rows\n";
  text += schema_text(model);
  if (result.holdout) {
    text += "holdout " + grouped(static_cast<std::uint64_t>(result.holdout->rows)) +
            " rows, stratified, the model fitted on the others\n" + metrics_text(model.metrics);
  } else {
    text += "holdout none: no metrics\n";
  }
  text += "coefficients, fitted on all rows (C = " + rounded(model.training.C) + ")\n" +
          coefficients_text(model, kShownCoefficients);
  return text + "model   " + command.output + "\n";
}

std::string schema_only_text(const features::InferredSchema& inferred) {
  // Nothing is fitted, so there is no mean to show; the range and the categories are.
  std::string text = "target  " + shown(inferred.schema.target.name) + ": " +
                     shown(join(inferred.schema.target.classes)) + "\nfeatures\n";
  TextTable table({TextTable::Align::left, TextTable::Align::left, TextTable::Align::right,
                   TextTable::Align::left});
  for (const features::Feature& feature : inferred.schema.features) {
    const std::string values = feature.is_categorical()
                                   ? shown(join(feature.categories), 120)
                                   : rounded(feature.minimum) + " to " + rounded(feature.maximum);
    table.add({shown(feature.name), std::string(kind_name(feature.kind)),
               feature.missing > 0 ? grouped(feature.missing) + " missing" : "", values});
  }
  return text + table.text(2);
}

std::string schema_only_json(const features::InferredSchema& inferred) {
  // Without a fit the fill values are unknown: null.
  model::Model model;
  model.schema = inferred.schema;
  model.encoder = features::Encoder(std::vector<double>(inferred.schema.features.size(), NAN));
  std::string text;
  data::JsonWriter json(text);
  json.begin_object().key("target").string(inferred.schema.target.name).key("features");
  write_features(json, model);
  write_left_out(json, inferred);
  json.end_object();
  return text + "\n";
}

int run(TrainCommand& command, Context& context) {
  command.options.created_at = source_date();
  if (command.output == "-") {
    throw Error(ErrorKind::invalid_argument,
                "--output: a model goes to a file, not to standard output");
  }
  for (const std::string& input : command.inputs)
    require_different(input, command.output, "--output is the input");
  if (command.dry_run) {
    const features::InferredSchema inferred =
        pipeline::infer_files(command.inputs, command.options);
    log_inference(context.log, inferred);
    print(context.common.json ? schema_only_json(inferred) : schema_only_text(inferred));
    return kDone;
  }
  pipeline::TrainResult result = pipeline::train(command.inputs, command.options);
  log_inference(context.log, result.inferred);
  if (!result.model.training.converged)
    context.log.warning("the fit did not converge; are values extremely large?");
  result.model.checksum = model::save(result.model, command.output);
  print(context.common.json ? result_json(command, result) : result_text(command, result));
  return kDone;
}

}  // namespace

Command add_train(CLI::App& app) {
  auto command = std::make_shared<TrainCommand>();
  CLI::App* sub = app.add_subcommand("train", "Fit a model to a CSV file and save it");
  sub->footer(kExamples);
  add_options(*sub, *command);
  return {sub, [command](Context& context) { return run(*command, context); }};
}

}  // namespace mlserve::app
