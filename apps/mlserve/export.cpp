#include <memory>
#include <string>

#include "data/byte_sink.hpp"
#include "exporters/exporter.hpp"
#include "mlserve/command.hpp"
#include "mlserve/exit_codes.hpp"
#include "model/model_file.hpp"

namespace mlserve::app {
namespace {

constexpr const char* kExamples = R"(Examples:
  mlserve export                                  the column list, as JSON
  mlserve export --format c -o titanic.c && cc -O2 -c titanic.c)";

struct ExportCommand {
  std::string model;
  std::string format;
  std::string output = "-";
};

std::string format_help() {
  std::string help = "Format:";
  for (const exporters::Exporter& exporter : exporters::exporters()) {
    help += (help.back() == ':' ? " " : "; ") + std::string(exporter.name) + ", " +
            std::string(exporter.description);
  }
  return help;
}

}  // namespace

Command add_export(CLI::App& app) {
  auto command = std::make_shared<ExportCommand>();
  command->format = exporters::exporters().front().name;
  CLI::App* sub = app.add_subcommand("export", "Write a saved model for another runtime");
  sub->footer(kExamples);
  sub->add_option("--format", command->format, format_help())->capture_default_str();
  add_model_option(*sub, command->model);
  sub->add_option("-o,--output", command->output, "File to write, or - for standard output")
      ->capture_default_str();
  return {sub, [command](Context&) {
            const exporters::Exporter& exporter = exporters::find_exporter(command->format);
            const std::string text = exporter.write(model::load(command->model), {});
            const auto sink = data::open_sink(command->output);
            sink->write(text);
            sink->commit();
            return kDone;
          }};
}

}  // namespace mlserve::app
