#include <memory>
#include <string>

#include "mlserve/command.hpp"
#include "mlserve/console.hpp"
#include "mlserve/exit_codes.hpp"
#include "model/model_file.hpp"

namespace mlserve::app {
namespace {

constexpr const char* kExamples = R"(Examples:
  mlserve inspect
  mlserve inspect -m churn.json --json)";

std::string result_json(const model::Model& model) {
  const model::TrainingRecord& training = model.training;
  std::string text;
  data::JsonWriter json(text);
  json.begin_object().key("checksum").string(model.checksum);
  json.key("target")
      .begin_object()
      .key("name")
      .string(model.schema.target.name)
      .key("classes")
      .begin_array();
  for (const std::string& name : model.schema.target.classes) json.string(name);
  json.end_array().end_object();
  json.key("features");
  write_features(json, model);
  json.key("coefficients");
  write_coefficients(json, model);
  json.key("metrics");
  write_metrics(json, model.metrics);
  json.key("training").begin_object().key("rows").integer(static_cast<long long>(training.rows));
  json.key("rows_without_target").integer(static_cast<long long>(training.rows_without_target));
  json.key("data_hash")
      .string(training.data_hash)
      .key("seed")
      .integer(static_cast<long long>(training.seed));
  json.key("test_size").number(training.test_size).key("C").number(training.C);
  json.key("iterations").integer(training.iterations).key("converged").boolean(training.converged);
  json.key("mlserve_version").string(training.mlserve_version).end_object();
  json.end_object();
  return text + "\n";
}

std::string result_text(const model::Model& model) {
  const model::TrainingRecord& training = model.training;
  std::string text =
      schema_text(model) + "coefficients\n" + coefficients_text(model, model.columns.size());
  if (!model.metrics.empty()) {
    text += "metrics on the holdout (" + rounded(100 * training.test_size) + " % of the rows)\n" +
            metrics_text(model.metrics);
  }
  TextTable record({TextTable::Align::left, TextTable::Align::left});
  record.add({"rows", grouped(training.rows)});
  record.add({"rows without target", grouped(training.rows_without_target)});
  record.add({"data hash", training.data_hash});
  record.add({"penalty", "l2, C = " + rounded(training.C)});
  record.add({"seed", std::to_string(training.seed)});
  record.add({"converged", training.converged
                               ? "in " + std::to_string(training.iterations) + " iterations"
                               : "no"});
  record.add({"mlserve", training.mlserve_version});
  if (!training.created_at.empty()) record.add({"created", training.created_at});
  record.add({"checksum", model.checksum});
  return text + "training\n" + record.text(2);
}

}  // namespace

Command add_inspect(CLI::App& app) {
  auto path = std::make_shared<std::string>();
  CLI::App* sub = app.add_subcommand("inspect", "Show a saved model");
  sub->footer(kExamples);
  add_model_option(*sub, *path);
  return {sub, [path](Context& context) {
            const model::Model model = model::load(*path);
            print(context.common.json ? result_json(model) : result_text(model));
            return kDone;
          }};
}

}  // namespace mlserve::app
