#include "pipeline/evaluate.hpp"

#include <memory>
#include <string>
#include <vector>

#include "data/byte_source.hpp"
#include "data/json_writer.hpp"
#include "mlserve/command.hpp"
#include "mlserve/console.hpp"
#include "mlserve/exit_codes.hpp"
#include "mlserve/model_text.hpp"
#include "model/model_file.hpp"
#include "pipeline/describe.hpp"

namespace mlserve::app {
namespace {

constexpr const char* kEvaluateExamples = R"(Examples:
  mlserve evaluate labelled.csv
  mlserve evaluate labelled.csv -m churn.json --require "roc_auc>=0.85" --require "log_loss<=0.5"

Exit code 1 when a requirement does not hold.)";

struct EvaluateCommand {
  std::string input;
  std::string model;
  data::CsvOptions csv;
  std::string sample_weight;
  std::vector<std::string> required;
  unsigned threads = 1;
};

std::string result_json(const features::Target& target, const pipeline::Evaluation& evaluation) {
  std::string text;
  data::JsonWriter json(text);
  json.begin_object().key("rows").integer(static_cast<long long>(evaluation.rows));
  json.key("rows_without_target").integer(static_cast<long long>(evaluation.rows_without_target));
  json.key("metrics");
  pipeline::write_numbers(json, evaluation.measures.named);
  json.key("details");
  pipeline::write_details(json, target, evaluation.measures, evaluation.scored);
  json.end_object();
  return text + "\n";
}

int run(const EvaluateCommand& command, Context& context) {
  const model::Model model = model::load(command.model);
  const features::Target& target = model.schema.target;
  std::vector<pipeline::Requirement> requirements;
  for (const std::string& text : command.required)
    requirements.push_back(pipeline::parse_requirement(text, target));
  const pipeline::Evaluation evaluation = pipeline::evaluate_file(
      model, command.input, std::nullopt, command.threads, command.csv, command.sample_weight);
  if (evaluation.rows_without_target > 0) {
    context.log.info(grouped(evaluation.rows_without_target) +
                     " rows without a target are left out");
  }
  print(context.common.json
            ? result_json(target, evaluation)
            : metrics_text(evaluation.measures.named) + classes_text(target, evaluation.measures));
  bool all_hold = true;
  for (std::size_t i = 0; i < requirements.size(); ++i) {
    const double value = pipeline::metric_value(evaluation.measures.named, requirements[i].metric);
    if (requirements[i].holds(value)) continue;
    all_hold = false;
    context.log.error("required " + command.required[i] + ", but " + requirements[i].metric +
                      " is " + rounded(value, 6));
  }
  return all_hold ? kDone : kFailed;
}

}  // namespace

Command add_evaluate(CLI::App& app) {
  auto command = std::make_shared<EvaluateCommand>();
  CLI::App* sub = app.add_subcommand("evaluate", "Measure a saved model on labelled data");
  sub->footer(kEvaluateExamples);
  sub->add_option("data", command->input,
                  "File with the features and the target (.csv, .json, .jsonl)")
      ->required();
  add_model_option(*sub, command->model);
  add_csv_options(*sub, command->csv);
  sub->add_option("--sample-weight", command->sample_weight, "Column with the weight of each row");
  sub->add_option("--require", command->required,
                  "Bound that a metric must keep, as roc_auc>=0.85; repeatable");
  add_threads_option(*sub, command->threads);
  return {sub, [command](Context& context) { return run(*command, context); }};
}

}  // namespace mlserve::app
