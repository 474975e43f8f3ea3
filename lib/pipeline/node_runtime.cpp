#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <nlohmann/json.hpp>

#include "core/atomic_file.hpp"
#include "core/error.hpp"
#include "core/subprocess.hpp"
#include "core/temporary_folder.hpp"
#include "core/text.hpp"
#include "exporters/javascript_driver.hpp"
#include "pipeline/checked_process.hpp"
#include "pipeline/export_runtime.hpp"
#include "pipeline/raw_records.hpp"

namespace mlserve::pipeline {
namespace {

class NodeRuntime : public ExportRuntime {
 public:
  NodeRuntime(const ExportedModel& exported, std::string node)
      : model_(exported.model), node_(std::move(node)) {
    // Modules, and what the export uses of the language, came with Node 16.9.
    require_working({node_, "--input-type=module", "--eval",
                     "if (!Object.hasOwn) throw new Error('its version is too old');"},
                    folder_.path().string());
    write_file(folder_.file("model.mjs"), exported.bytes);
    write_file(folder_.file("driver.mjs"), exporters::javascript_driver());
  }

  std::string name() const override { return node_; }

  ExportAnswers score(std::span<const RawRow> rows) override {
    const std::string output = run_checked({node_, "driver.mjs"}, raw_records(model_.schema, rows),
                                           folder_.path().string());
    const std::vector<std::string_view> lines = lines_of(output, rows.size(), node_);
    ExportAnswers answers;
    answers.numbers.width = answer_width(model_);
    for (std::size_t i = 0; i < rows.size(); ++i) add(lines[i], i, answers);
    return answers;
  }

 private:
  /// A line of the driver's.
  void add(std::string_view line, std::size_t row, ExportAnswers& answers) const {
    const std::size_t classes = model_.schema.target.classes.size();
    try {
      const nlohmann::json answer = nlohmann::json::parse(line);
      const auto label = answer.at("label").get<std::int64_t>();
      const auto numbers = answer.at("numbers").get<std::vector<double>>();
      const bool is_class = label >= 0 && static_cast<std::size_t>(label) < classes;
      if (numbers.size() != answers.numbers.width || (classes > 0 && !is_class))
        throw wrong(line, row);
      if (classes > 0) answers.labels.push_back(static_cast<std::size_t>(label));
      answers.numbers.values.insert(answers.numbers.values.end(), numbers.begin(), numbers.end());
    } catch (const nlohmann::json::exception&) {
      throw wrong(line, row);
    }
  }

  Error wrong(std::string_view answer, std::size_t row) const {
    return {ErrorKind::internal, "the export answers \"" + shown(answer) + "\" to row " +
                                     std::to_string(row + 1) + " in " + node_};
  }

  const model::Model& model_;
  std::string node_;
  TemporaryFolder folder_;
};

}  // namespace

std::unique_ptr<ExportRuntime> node_runtime(const ExportedModel& exported) {
  const auto node = find_program("node");
  return node ? std::make_unique<NodeRuntime>(exported, *node) : nullptr;
}

}  // namespace mlserve::pipeline
