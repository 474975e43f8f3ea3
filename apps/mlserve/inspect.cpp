#include <limits>
#include <memory>
#include <string>

#include "core/text.hpp"
#include "data/json_writer.hpp"
#include "mlserve/command.hpp"
#include "mlserve/console.hpp"
#include "mlserve/exit_codes.hpp"
#include "mlserve/model_text.hpp"
#include "model/model_file.hpp"
#include "pipeline/describe.hpp"

namespace mlserve::app {
namespace {

constexpr const char* kInspectExamples = R"(Examples:
  mlserve inspect
  mlserve inspect -m churn.json --json)";

void write_training(data::JsonWriter& json, const model::TrainingRecord& training) {
  json.begin_object().key("rows").integer(static_cast<long long>(training.rows));
  json.key("rows_without_target").integer(static_cast<long long>(training.rows_without_target));
  json.key("data_hash").string(training.data_hash).key("options").begin_object();
  for (const auto& [name, value] : training.options) json.key(name).string(value);
  json.end_object().key("solver").string(training.solver);
  json.key("iterations").integer(training.iterations).key("converged").boolean(training.converged);
  json.key("mlserve_version").string(training.mlserve_version);
  if (!training.created_at.empty()) json.key("created_at").string(training.created_at);
  json.end_object();
}

std::string result_json(const model::Model& model) {
  std::string text;
  data::JsonWriter json(text);
  json.begin_object().key("checksum").string(model.checksum);
  json.key("task").string(features::task_name(model.schema.target.task));
  json.key("estimator").string(model::estimator_name(model.estimator)).key("target");
  pipeline::write_target(json, model.schema.target);
  json.key("features");
  pipeline::write_features(json, model.schema, model.encoder);
  json.key("coefficients");
  pipeline::write_coefficients(json, model);
  if (model.schema.target.classes.size() == 2) json.key("threshold").number(model.threshold);
  json.key("inference");
  pipeline::write_inference(json, model.inference);
  json.key("metrics");
  pipeline::write_numbers(json, model.metrics);
  json.key("metrics_standard_deviations");
  pipeline::write_numbers(json, model.metrics_deviations);
  json.key("training");
  write_training(json, model.training);
  json.end_object();
  return text + "\n";
}

std::string record_text(const model::Model& model) {
  const model::TrainingRecord& training = model.training;
  TextTable record({TextTable::Align::left, TextTable::Align::left});
  record.add({"rows", grouped(training.rows)});
  record.add({"rows without target", grouped(training.rows_without_target)});
  record.add({"data hash", training.data_hash});
  record.add({"estimator", std::string(model::estimator_name(model.estimator))});
  for (const auto& [name, value] : training.options) record.add({name, shown(value)});
  if (model.schema.target.classes.size() == 2)
    record.add({"threshold in use", rounded(model.threshold)});
  record.add({"converged", training.converged
                               ? "in " + std::to_string(training.iterations) + " iterations"
                               : "no"});
  record.add({"mlserve", training.mlserve_version});
  if (!training.created_at.empty()) record.add({"created", training.created_at});
  record.add({"checksum", model.checksum});
  return "training\n" + record.text(2);
}

std::string result_text(const model::Model& model) {
  std::string text = schema_text(model.schema, model.encoder) + "coefficients\n" +
                     coefficients_text(model, std::numeric_limits<std::size_t>::max() - 1) +
                     inference_text(model.inference);
  if (!model.metrics.empty()) {
    text += model.metrics_deviations.empty() ? "metrics on the holdout\n"
                                             : "metrics, means over the folds\n";
    text += metrics_text(model.metrics, model.metrics_deviations);
  }
  return text + record_text(model);
}

}  // namespace

Command add_inspect(CLI::App& app) {
  auto path = std::make_shared<std::string>();
  CLI::App* sub = app.add_subcommand("inspect", "Show a saved model");
  sub->footer(kInspectExamples);
  add_model_option(*sub, *path);
  return {sub, [path](Context& context) {
            const model::Model model = model::load(*path);
            print(context.common.json ? result_json(model) : result_text(model));
            return kDone;
          }};
}

}  // namespace mlserve::app
