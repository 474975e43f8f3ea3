#include <algorithm>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/atomic_file.hpp"
#include "core/error.hpp"
#include "core/number.hpp"
#include "core/subprocess.hpp"
#include "core/temporary_folder.hpp"
#include "core/text.hpp"
#include "exporters/c_driver.hpp"
#include "exporters/c_names.hpp"
#include "pipeline/checked_process.hpp"
#include "pipeline/export_runtime.hpp"

namespace mlserve::pipeline {
namespace {

/// The next part of `rest` before `end`, which is taken with it.
std::string_view take_until(std::string_view& rest, char end) {
  const std::string_view part = rest.substr(0, rest.find(end));
  rest.remove_prefix(std::min(part.size() + 1, rest.size()));
  return part;
}

class CompilerRuntime : public ExportRuntime {
 public:
  CompilerRuntime(const ExportedModel& exported, std::string compiler)
      : model_(exported.model), compiler_(std::move(compiler)) {
    const bool is_cpp = exported.options.language == exporters::Language::cpp;
    const std::string source = is_cpp ? "model.hpp" : "model.c";
    const std::string driver = is_cpp ? "driver.cpp" : "driver.c";
    require_compiler(is_cpp ? "probe.cpp" : "probe.c");
    write_file(folder_.file(source), exported.bytes);
    write_file(folder_.file(driver), exporters::c_driver(exported.model, exported.options, source));
    run_checked(
        {compiler_, is_cpp ? "-std=c++17" : "-std=c99", "-O1", driver, "-o", "driver", "-lm"}, {},
        folder_.path().string());
  }

  std::string name() const override { return compiler_; }

  ExportAnswers score(std::span<const RawRow> rows) override {
    const std::string output =
        run_checked({folder_.file("driver")}, input_of(rows), folder_.path().string());
    const std::vector<std::string_view> lines =
        lines_of(output, rows.size(), "the program that " + compiler_ + " made");
    ExportAnswers answers;
    answers.numbers.width = answer_width(model_);
    for (std::size_t i = 0; i < rows.size(); ++i) add(lines[i], i, answers);
    return answers;
  }

 private:
  void require_compiler(const std::string& source) const {
    write_file(folder_.file(source), "int main(void) { return 0; }\n");
    const std::string folder = folder_.path().string();
    require_working({compiler_, source, "-o", "probe"}, folder);
    require_working({folder_.file("probe")}, folder);
  }

  std::string input_of(std::span<const RawRow> rows) const {
    std::string input = std::to_string(rows.size()) + "\n";
    for (const RawRow& row : rows) {
      for (std::size_t f = 0; f < row.size(); ++f) {
        if (const auto* text = std::get_if<std::string>(&row[f])) {
          input += std::to_string(text->size()) + "\n" + *text + "\n";
        } else if (const auto* number = std::get_if<double>(&row[f])) {
          input += format_double(*number) + "\n";
        } else {
          input += exporters::is_text_member(model_.schema.features[f]) ? "-1\n" : "nan\n";
        }
      }
    }
    return input;
  }

  /// A line of the driver's: a label, then the scores.
  void add(std::string_view line, std::size_t row, ExportAnswers& answers) const {
    const std::size_t classes = model_.schema.target.classes.size();
    std::string_view rest = line;
    const auto label = parse_integer(take_until(rest, ' '));
    if (classes > 0) {
      if (!label || *label < 0 || static_cast<std::size_t>(*label) >= classes)
        throw wrong(line, row);
      answers.labels.push_back(static_cast<std::size_t>(*label));
    }
    std::vector<double>& numbers = answers.numbers.values;
    for (std::size_t k = 0; k < model_.intercepts.size(); ++k) {
      const auto number = parse_double(take_until(rest, ' '));
      if (!number) throw wrong(line, row);
      if (classes == 2) numbers.push_back(1 - *number);  // which C leaves to its caller
      numbers.push_back(*number);
    }
    if (!rest.empty()) throw wrong(line, row);
  }

  Error wrong(std::string_view answer, std::size_t row) const {
    return {ErrorKind::internal, "the program that " + compiler_ + " made answers \"" +
                                     shown(answer) + "\" to row " + std::to_string(row + 1)};
  }

  const model::Model& model_;
  std::string compiler_;
  TemporaryFolder folder_;
};

}  // namespace

std::unique_ptr<ExportRuntime> compiler_runtime(const ExportedModel& exported) {
  const bool is_cpp = exported.options.language == exporters::Language::cpp;
  const auto compiler = find_program(is_cpp ? "c++" : "cc");
  return compiler ? std::make_unique<CompilerRuntime>(exported, *compiler) : nullptr;
}

}  // namespace mlserve::pipeline
