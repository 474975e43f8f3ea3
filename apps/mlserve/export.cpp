#include <algorithm>
#include <array>
#include <filesystem>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <unistd.h>
#include <vector>

#include "core/error.hpp"
#include "core/text.hpp"
#include "data/json_writer.hpp"
#include "mlserve/command.hpp"
#include "mlserve/console.hpp"
#include "mlserve/exit_codes.hpp"
#include "mlserve/process.hpp"
#include "model/model_file.hpp"
#include "pipeline/export_model.hpp"

namespace mlserve::app {
namespace {

using exporters::Dialect;
using exporters::Language;

constexpr const char* kExportExamples = R"(Examples:
  mlserve export -o titanic.onnx                       for ONNX Runtime
  mlserve export -o titanic.c && cc -O2 -c titanic.c
  mlserve export -o titanic.mjs --verify titanic.csv   JavaScript, scored again over a file
  mlserve export --format sql --dialect postgresql --table passengers --key id
  mlserve export --format bundle -o titanic && ./titanic serve

Before the file is written, the golden rows of the model are scored through it, by the linked SQLite,
cc, c++ or node, and must give what the model gives to 1e-12.)";

const std::map<std::string, Language> kLanguages = {
    {"c", Language::c}, {"c++", Language::cpp}, {"javascript", Language::javascript}};

const std::map<std::string, Dialect> kDialects = {
    {"sqlite", Dialect::sqlite}, {"postgresql", Dialect::postgresql}, {"duckdb", Dialect::duckdb}};

/// What the ending of a file's name says of its format.
struct Ending {
  std::string_view ending;
  std::string_view format;
  Language language = Language::c;
};

constexpr std::array kEndings = {
    Ending{".onnx", "onnx"},
    Ending{".pmml", "pmml"},
    Ending{".xml", "pmml"},
    Ending{".sql", "sql"},
    Ending{".c", "c"},
    Ending{".h", "c"},
    Ending{".hpp", "c", Language::cpp},
    Ending{".hh", "c", Language::cpp},
    Ending{".cpp", "c", Language::cpp},
    Ending{".cc", "c", Language::cpp},
    Ending{".js", "c", Language::javascript},
    Ending{".mjs", "c", Language::javascript},
    Ending{".json", "json"},
};

/// Options that one format alone reads.
struct OwnOption {
  const char* name;
  std::string_view format;
};

constexpr std::array kOwnOptions = {OwnOption{"--language", "c"}, OwnOption{"--dialect", "sql"},
                                    OwnOption{"--table", "sql"}, OwnOption{"--key", "sql"}};

struct ExportCommand {
  pipeline::ExportRequest request;
  std::string model;
  std::string format;  ///< empty: by the output's name
};

std::string format_help() {
  std::string help;
  for (const exporters::Exporter& exporter : exporters::exporters()) {
    help += (help.empty() ? "" : "; ") + std::string(exporter.name) + ", " +
            std::string(exporter.description);
  }
  return help + " (default: by the output's name, else " +
         std::string(exporters::exporters().front().name) + ")";
}

/// Whether the option stands on the command line. Settings of the environment and of a file are for
/// all exports.
bool is_given(const CLI::App& app, const char* name) {
  const std::vector<CLI::Option*>& given = app.parse_order();
  return std::find(given.begin(), given.end(), app.get_option(name)) != given.end();
}

/// "tables/Titanic.SQL" ends in ".sql".
std::string ending_text(const std::string& output) {
  return ascii_lower(std::filesystem::path(output).extension().string());
}

const Ending* ending_of(const std::string& output) {
  const auto* const ending =
      std::find_if(kEndings.begin(), kEndings.end(),
                   [text = ending_text(output)](const Ending& e) { return e.ending == text; });
  return ending != kEndings.end() ? &*ending : nullptr;
}

/// A name with another ending hardly means the default.
void require_no_ending(const std::string& output) {
  if (ending_text(output).empty()) return;
  std::vector<std::string> known(kEndings.size());
  std::ranges::transform(kEndings, known.begin(),
                         [](const Ending& e) { return std::string(e.ending); });
  throw Error(ErrorKind::invalid_argument, "the ending of '" + shown(output) +
                                               "' tells no format (" + join(known) +
                                               " do); name one with --format");
}

/// The name of the format: as given, by the output's name, or by an option that it alone reads.
std::string_view format_of(const CLI::App& app, const ExportCommand& command,
                           const Ending* ending) {
  if (!command.format.empty()) return command.format;
  if (ending != nullptr) return ending->format;
  const auto* const own =
      std::find_if(kOwnOptions.begin(), kOwnOptions.end(),
                   [&](const OwnOption& option) { return is_given(app, option.name); });
  if (own != kOwnOptions.end()) return own->format;
  require_no_ending(command.request.output);
  return exporters::exporters().front().name;
}

/// Settles the format, and the language where the output's name tells it.
void choose_format(const CLI::App& app, ExportCommand& command) {
  pipeline::ExportRequest& request = command.request;
  const Ending* const ending = ending_of(request.output);
  request.exporter = &exporters::find_exporter(format_of(app, command, ending));
  const bool tells_language = ending != nullptr && ending->format == request.exporter->name;
  if (tells_language && !is_given(app, "--language")) request.options.language = ending->language;
}

void check(const CLI::App& app, const ExportCommand& command) {
  const pipeline::ExportRequest& request = command.request;
  for (const OwnOption& option : kOwnOptions) {
    if (is_given(app, option.name) && request.exporter->name != option.format) {
      throw Error(ErrorKind::invalid_argument, std::string(option.name) + " is for --format " +
                                                   std::string(option.format) + ", not for " +
                                                   std::string(request.exporter->name));
    }
  }
  require_different(request.output, command.model, "--output is the model");
  if (!request.verify.empty())
    require_different(request.output, request.verify, "--verify is the output");
  if (!request.exporter->is_text && request.output == "-" && ::isatty(STDOUT_FILENO) != 0) {
    throw Error(ErrorKind::invalid_argument, std::string(request.exporter->name) +
                                                 " is not for a terminal; name a file with -o");
  }
}

std::string rows_text(const pipeline::ExportRequest& request, const pipeline::ExportCheck& check) {
  std::string text = grouped(check.golden_rows) + " golden rows";
  if (!request.verify.empty()) text += " and " + grouped(check.rows) + " rows of " + request.verify;
  return text;
}

void log_check(Log& log, const pipeline::ExportRequest& request,
               const pipeline::ExportCheck& check) {
  const std::string format(request.exporter->name);
  if (check.runtime.empty()) {
    log.info(format + ", not verified here: " + check.why_not);
  } else {
    log.info(format + ", verified: " + rows_text(request, check) + " scored again by " +
             check.runtime + ", largest difference " + rounded(check.largest_difference, 2));
  }
}

std::string check_json(const pipeline::ExportRequest& request, const pipeline::ExportCheck& check) {
  std::string text;
  data::JsonWriter json(text);
  json.begin_object().key("format").string(request.exporter->name);
  json.key("output").string(request.output);
  json.key("verified").boolean(!check.runtime.empty());
  if (check.runtime.empty()) {
    json.key("reason").string(check.why_not);
  } else {
    json.key("runtime").string(check.runtime);
    json.key("golden_rows").integer(static_cast<long long>(check.golden_rows));
    json.key("rows").integer(static_cast<long long>(check.rows));
    json.key("largest_difference").number(check.largest_difference);
  }
  json.end_object();
  return text + "\n";
}

int run(const CLI::App& app, ExportCommand& command, Context& context) {
  pipeline::ExportRequest& request = command.request;
  choose_format(app, command);
  check(app, command);
  request.options.program = own_program();
  const pipeline::ExportCheck result = pipeline::export_model(model::load(command.model), request);
  // Standard output is the export's, if it goes there.
  if (context.common.json && request.output != "-") {
    print(check_json(request, result));
  } else {
    log_check(context.log, request, result);
  }
  return kDone;
}

void add_options(CLI::App& app, ExportCommand& command) {
  pipeline::ExportRequest& request = command.request;
  app.add_option("--format", command.format, format_help());
  add_model_option(app, command.model);
  app.add_option("-o,--output", request.output, "File to write, or - for standard output")
      ->capture_default_str();
  app.add_option("--language", request.options.language, "Language of --format c (default: c)")
      ->transform(one_of(kLanguages));
  app.add_option("--dialect", request.options.dialect, "Dialect of --format sql (default: sqlite)")
      ->transform(one_of(kDialects));
  app.add_option("--table", request.options.table, "Table that --format sql scores")
      ->capture_default_str();
  app.add_option("--key", request.options.key,
                 "Column of that table to pass through, as the name of a row");
  app.add_option("--verify", request.verify,
                 "File of rows to score through the export as well, beside the golden rows");
  add_csv_options(app, request.csv);
}

}  // namespace

Command add_export(CLI::App& app) {
  auto command = std::make_shared<ExportCommand>();
  CLI::App* sub = app.add_subcommand("export", "Write a saved model for another runtime");
  sub->footer(kExportExamples);
  add_options(*sub, *command);
  return {sub, [sub, command](Context& context) { return run(*sub, *command, context); }};
}

}  // namespace mlserve::app
