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
    write_file(folder_.file("model.mjs"), exported.bytes);
    write_file(folder_.file("driver.mjs"), exporters::javascript_driver());
  }

  std::string name() const override { return node_; }

  ExportAnswers score(std::span<const RawRow> rows) override {
    const std::string output = run_checked({node_, "driver.mjs"}, raw_records(model_.schema, rows),
                                           folder_.path().string());
    ExportAnswers answers;
    answers.scores.width = model_.intercepts.size();
    std::string_view rest = output;
    for (std::size_t i = 0; i < rows.size(); ++i) {
      const std::string_view line = rest.substr(0, rest.find('\n'));
      add(line, i, answers);
      rest.remove_prefix(std::min(line.size() + 1, rest.size()));
    }
    if (!rest.empty()) throw wrong(rest, rows.size());
    return answers;
  }

 private:
  /// A line of the driver's.
  void add(std::string_view line, std::size_t row, ExportAnswers& answers) const {
    const std::size_t classes = model_.schema.target.classes.size();
    try {
      const nlohmann::json answer = nlohmann::json::parse(line);
      const auto label = answer.at("label").get<std::int64_t>();
      const auto scores = answer.at("scores").get<std::vector<double>>();
      const bool is_class = label >= 0 && static_cast<std::size_t>(label) < classes;
      if (scores.size() != answers.scores.width || (classes > 0 && !is_class))
        throw wrong(line, row);
      if (classes > 0) answers.labels.push_back(static_cast<std::size_t>(label));
      answers.scores.values.insert(answers.scores.values.end(), scores.begin(), scores.end());
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
