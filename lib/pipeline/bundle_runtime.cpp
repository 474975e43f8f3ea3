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
      : schema_(exported.model.schema),
        margins_(exported.model.intercepts.size()),
        program_(folder_.file("bundle")) {
    write_file(program_, exported.bytes, FileUse::program);
    for (std::size_t k = 0; k < schema_.target.classes.size(); ++k)
      labels_.push_back(Json::parse(class_json(schema_.target, k)));
  }

  std::string name() const override { return "itself"; }

  ExportAnswers score(std::span<const RawRow> rows) override {
    // The model is named, so that a setting of the environment does not name another.
    std::vector<std::string> command = {program_,         "predict", "-",        "-m",   program_,
                                        "--input-format", "jsonl",   "--format", "jsonl"};
    if (!labels_.empty()) command.emplace_back("--probabilities");
    const std::string output =
        run_checked(command, raw_records(schema_, rows), folder_.path().string());
    ExportAnswers answers;
    answers.scores.width = margins_;
    std::string_view rest = output;
    for (std::size_t row = 0; row < rows.size(); ++row) {
      const std::string_view line = rest.substr(0, rest.find('\n'));
      rest.remove_prefix(std::min(rest.size(), line.size() + 1));
      add(line, answers);
    }
    return answers;
  }

 private:
  /// The answer to one row: {"prediction":1,"probabilities":{"0":0.25,"1":0.75}}.
  void add(std::string_view line, ExportAnswers& answers) const {
    try {
      const Json answer = Json::parse(line);
      const Json& prediction = answer.at("prediction");
      if (labels_.empty()) {
        answers.scores.values.push_back(prediction.get<double>());
        return;
      }
      const auto label = std::find(labels_.begin(), labels_.end(), prediction);
      if (label == labels_.end()) throw Error(ErrorKind::internal, "no class of the model");
      answers.labels.push_back(static_cast<std::size_t>(label - labels_.begin()));
      const std::vector<std::string>& classes = schema_.target.classes;
      for (std::size_t k = classes.size() - std::min(margins_, classes.size()); k < classes.size();
           ++k)
        answers.scores.values.push_back(answer.at("probabilities").at(classes[k]).get<double>());
    } catch (const std::exception& error) {
      throw Error(ErrorKind::internal,
                  "the bundle answers \"" + shown(line) + "\": " + shown(error.what()));
    }
  }

  const features::Schema& schema_;
  std::size_t margins_;
  TemporaryFolder folder_;
  std::string program_;
  std::vector<Json> labels_;  ///< the classes as answers have them
};

}  // namespace

std::unique_ptr<ExportRuntime> bundle_runtime(const ExportedModel& exported) {
  return std::make_unique<BundleRuntime>(exported);
}

}  // namespace mlserve::pipeline
