#include "pipeline/replay.hpp"

#include <algorithm>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "core/text.hpp"
#include "data/byte_sink.hpp"
#include "data/input.hpp"
#include "mlserve/command.hpp"
#include "mlserve/console.hpp"
#include "mlserve/exit_codes.hpp"
#include "mlserve/replay_text.hpp"
#include "model/model_file.hpp"
#include "pipeline/replay_output.hpp"

namespace mlserve::app {
namespace {

constexpr const char* kReplayExamples = R"(Examples:
  mlserve serve --record requests.jsonl --record-sample 0.1 --record-omit Name
  mlserve replay requests.jsonl --model new.json
  mlserve replay requests.jsonl.2 requests.jsonl.1 requests.jsonl -m new.json --fail-above 0.05
  zcat old.jsonl.gz | mlserve replay - -m new.json --name titanic -o rows.csv

Exit code 1 when a larger share than --fail-above changed or is refused.)";

/// Rows are handed to the output in pieces of about this size.
constexpr std::size_t kPieceBytes = std::size_t{256} << 10;

const std::map<std::string, pipeline::FileFormat> kReplayFormats = {
    {"csv", pipeline::FileFormat::csv}, {"jsonl", pipeline::FileFormat::jsonl}};

struct ReplayCommand {
  std::vector<std::string> recordings;
  std::string model;
  pipeline::ReplayOptions options;
  std::string output;  ///< empty: rows are not written
  std::optional<pipeline::FileFormat> format;
  std::optional<double> fail_above;
};

/// Takes rows one by one and writes them in pieces.
class RowFile {
 public:
  RowFile(const std::string& path, const features::Target& target, pipeline::FileFormat format)
      : sink_(data::open_sink(path)), formatter_(target, format), text_(formatter_.header()) {}

  void add(const pipeline::ReplayedRow& row) {
    formatter_.append(row, text_);
    if (text_.size() >= kPieceBytes) flush();
  }
  void commit() {
    flush();
    sink_->commit();
  }

 private:
  void flush() {
    sink_->write(text_);
    text_.clear();
  }

  std::unique_ptr<data::ByteSink> sink_;
  pipeline::ReplayFormatter formatter_;
  std::string text_;
};

pipeline::FileFormat output_format(const ReplayCommand& command) {
  if (command.format) return *command.format;
  const auto by_name = pipeline::format_of_path(command.output);
  return by_name == pipeline::FileFormat::jsonl ? *by_name : pipeline::FileFormat::csv;
}

pipeline::ReplayResult replay(const ReplayCommand& command, const model::Model& model) {
  const std::vector<data::Input> recordings = data::file_inputs(command.recordings);
  if (command.output.empty()) return pipeline::replay(model, recordings, command.options);
  RowFile rows(command.output, model.schema.target, output_format(command));
  auto result = pipeline::replay(model, recordings, command.options,
                                 [&rows](const pipeline::ReplayedRow& row) { rows.add(row); });
  rows.commit();
  return result;
}

void log_gaps(const pipeline::ReplayResult& result, Log& log) {
  const auto list = [](const std::set<std::string>& names) {
    return shown(join(std::vector<std::string>(names.begin(), names.end())), 300);
  };
  if (!result.omitted.empty()) log.info("recorded without: " + list(result.omitted));
  if (!result.omitted_features.empty()) {
    log.warning("the new model would use " + list(result.omitted_features) +
                ", which were not recorded and count as missing: its answers are not those that "
                "clients would get");
  }
  if (result.damaged_lines > 0) {
    log.warning(grouped(result.damaged_lines) + " lines are not whole and were passed over");
  }
  if (result.other_lines > 0) {
    log.info(grouped(result.other_lines) + " lines of other models were passed over");
  }
}

int run(const ReplayCommand& command, Context& context) {
  if (!command.output.empty()) {
    require_different(command.output, command.model, "--output is the model");
    for (const std::string& recording : command.recordings)
      require_different(command.output, recording, "--output is a recording");
  }
  const pipeline::ReplayResult result = replay(command, model::load(command.model));
  log_gaps(result, context.log);
  // Rows on standard output are not mixed with a summary.
  if (command.output != "-") {
    print(context.common.json ? pipeline::replay_json(result) : replay_text(result));
  }
  if (!command.fail_above || result.changed_share() <= *command.fail_above) return kDone;
  context.log.error("allowed " + percent(*command.fail_above) + " of the rows to change, but " +
                    percent(result.changed_share()) + " did");
  return kFailed;
}

void add_options(CLI::App& app, ReplayCommand& command) {
  app.add_option("recordings", command.recordings,
                 "Files that `mlserve serve --record` wrote (also .gz), or - for standard input")
      ->required();
  add_model_option(app, command.model);
  app.add_option("--name", command.options.name,
                 "Only requests that the model of this name answered");
  app.add_option("--tolerance", command.options.tolerance,
                 "How far a predicted number may be from the recorded one, relative to it, and be "
                 "the same")
      ->check(CLI::Range(0.0, 1.0))
      ->capture_default_str();
  app.add_option("--examples", command.options.examples, "Rows to show that changed most")
      ->check(CLI::Range(std::size_t{0}, std::size_t{10'000}))
      ->capture_default_str();
  app.add_option("--fail-above", command.fail_above,
                 "Share of rows that may change or be refused, as 0.05")
      ->check(CLI::Range(0.0, 1.0));
  app.add_option("-o,--output", command.output,
                 "File for every row with both answers, or - for standard output");
  app.add_option("--format", command.format, "Format of --output (default: by its name, else csv)")
      ->transform(one_of(kReplayFormats));
}

}  // namespace

Command add_replay(CLI::App& app) {
  auto command = std::make_shared<ReplayCommand>();
  CLI::App* sub = app.add_subcommand("replay", "Compare a model with recorded answers");
  sub->footer(kReplayExamples);
  add_options(*sub, *command);
  return {sub, [command](Context& context) { return run(*command, context); }};
}

}  // namespace mlserve::app
