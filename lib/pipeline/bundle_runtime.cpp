#include <algorithm>
#include <cstddef>
#include <exception>
#include <string>
#include <string_view>
#include <vector>

#include <nlohmann/json.hpp>

#include "core/atomic_file.hpp"
#include "core/error.hpp"
#include "core/temporary_folder.hpp"
#include "core/text.hpp"
#include "pipeline/checked_process.hpp"
#include "pipeline/export_runtime.hpp"
#include "pipeline/raw_records.hpp"

namespace mlserve::pipeline {
namespace {

using Json = nlohmann::json;

/// A bundle is asked as its user would ask it.
class BundleRuntime final : public ExportRuntime {
 public:
  explicit BundleRuntime(const ExportedModel& exported)
      : model_(exported.model), program_(folder_.file("bundle")) {
    write_file(program_, exported.bytes, FileUse::program);
    require_working({program_, "--version"}, folder_.path().string());
    const features::Target& target = model_.schema.target;
    for (std::size_t k = 0; k < target.classes.size(); ++k)
      labels_.push_back(Json::parse(class_json(target, k)));
  }

  std::string name() const override { return "itself"; }

  ExportAnswers score(std::span<const RawRow> rows) override {
    std::vector<std::string> command = {program_, "predict",  "-",    "--input-format",
                                        "jsonl",  "--format", "jsonl"};
    if (!labels_.empty()) command.emplace_back("--probabilities");
    const std::string output =
        run_checked(command, raw_records(model_.schema, rows), folder_.path().string());
    ExportAnswers answers;
    answers.numbers.width = answer_width(model_);
    for (const std::string_view line : lines_of(output, rows.size(), "the bundle"))
      add(line, answers);
    return answers;
  }

 private:
  /// The answer to one row: {"prediction":1,"probabilities":{"0":0.25,"1":0.75}}.
  void add(std::string_view line, ExportAnswers& answers) const {
    try {
      const Json answer = Json::parse(line);
      const Json& prediction = answer.at("prediction");
      if (labels_.empty()) {
        answers.numbers.values.push_back(prediction.get<double>());
        return;
      }
      const auto label = std::find(labels_.begin(), labels_.end(), prediction);
      if (label == labels_.end()) throw Error(ErrorKind::internal, "no class of the model");
      answers.labels.push_back(static_cast<std::size_t>(label - labels_.begin()));
      for (const std::string& name : model_.schema.target.classes)
        answers.numbers.values.push_back(answer.at("probabilities").at(name).get<double>());
    } catch (const std::exception& error) {
      throw Error(ErrorKind::internal,
                  "the bundle answers \"" + shown(line) + "\": " + shown(error.what()));
    }
  }

  const model::Model& model_;
  TemporaryFolder folder_;
  std::string program_;
  std::vector<Json> labels_;  ///< the classes as answers have them
};

}  // namespace

std::unique_ptr<ExportRuntime> bundle_runtime(const ExportedModel& exported) {
  return std::make_unique<BundleRuntime>(exported);
}

}  // namespace mlserve::pipeline
