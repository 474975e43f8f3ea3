#include <chrono>
#include <utility>

#include "core/atomic_file.hpp"
#include "core/error.hpp"
#include "core/subprocess.hpp"
#include "core/temporary_folder.hpp"
#include "core/text.hpp"
#include "pipeline/export_runtime.hpp"
#include "pipeline/raw_records.hpp"

namespace mlserve::pipeline {
namespace {

/// A bundle is asked as its user would ask it.
class BundleRuntime final : public ExportRuntime {
 public:
  explicit BundleRuntime(const ExportedModel& exported)
      : schema_(exported.model.schema), program_(folder_.file("bundle")) {
    write_file(program_, exported.bytes, FileUse::program);
  }

  std::string name() const override { return "itself"; }

  ExportAnswers score(std::span<const RawRow> rows) override {
    constexpr std::chrono::minutes kTimeLimit{10};
    // The model is named, so that a setting of the environment does not name another.
    std::vector<std::string> command = {program_,         "predict", "-",        "-m",   program_,
                                        "--input-format", "jsonl",   "--format", "jsonl"};
    if (!schema_.target.classes.empty()) command.emplace_back("--probabilities");
    const ProcessResult result = run_process(command, raw_records(schema_, rows), kTimeLimit);
    if (result.status != 0)
      throw Error(ErrorKind::internal, "the bundle fails: " + shown(result.errors, 300));
    return read_answers(schema_.target, result.output, rows.size());
  }

 private:
  const features::Schema& schema_;
  TemporaryFolder folder_;
  std::string program_;
};

}  // namespace

std::unique_ptr<ExportRuntime> bundle_runtime(const ExportedModel& exported) {
  return std::make_unique<BundleRuntime>(exported);
}

}  // namespace mlserve::pipeline
