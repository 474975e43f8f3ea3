#include <algorithm>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <CLI/CLI.hpp>

#include "core/error.hpp"
#include "core/log.hpp"
#include "core/text.hpp"
#include "core/version.hpp"
#include "mlserve/command.hpp"
#include "mlserve/exit_codes.hpp"

namespace {

using mlserve::Error;
using mlserve::Log;
using namespace mlserve::app;

constexpr const char* kProgramExamples = R"(Examples:
  mlserve train titanic.csv            fit a model and save it as model.json
  mlserve predict passengers.json      score a file
  mlserve serve                        answer POST /predict on port 12345

Every option has an environment variable, MLSERVE_ and its name in capitals.
Exit codes: 0 done; 2 wrong usage; 3 bad input data; 4 file or model missing or corrupt;
5 a server or port cannot be reached; 1 anything else.)";

void add_common_options(CLI::App& app, CommonOptions& common) {
  app.set_version_flag("--version", std::string(mlserve::kVersion));
  // CLI11 reads the file before it looks at the environment, so this one variable is read here.
  const char* config = std::getenv("MLSERVE_CONFIG");
  app.set_config("--config", config != nullptr ? config : "",
                 "TOML file with options, one section a command (also by MLSERVE_CONFIG)",
                 config != nullptr);
  app.add_flag("--json", common.json, "Print the result as JSON");
  app.add_option("--log-level", common.log_level, "Least important messages to show")
      ->check(CLI::IsMember({"debug", "info", "warning", "error", "off"}))
      ->capture_default_str();
  app.add_option("--log-format", common.log_format, "Form of the messages")
      ->check(CLI::IsMember({"text", "json"}))
      ->capture_default_str();
  app.add_option("--log-file", common.log_file,
                 "File to add the messages to, opened anew on SIGHUP (default: standard error)");
  app.footer(kProgramExamples);
}

/// "no command 'trian'; did you mean train?" when the first argument is none.
std::optional<std::string> unknown_command(const std::vector<Command>& commands, int argc,
                                           char** argv) {
  if (argc < 2 || argv[1][0] == '-') return std::nullopt;
  std::vector<std::string> names;
  names.reserve(commands.size());
  for (const Command& command : commands) names.push_back(command.app->get_name());
  if (std::find(names.begin(), names.end(), argv[1]) != names.end()) return std::nullopt;
  const auto meant = mlserve::nearest_name(argv[1], names);
  return "no command '" + mlserve::shown(argv[1]) + "'" +
         (meant ? "; did you mean " + *meant + "?" : "");
}

/// For what goes wrong before there is a log; returns `code`.
int report(const std::string& message, int code) {
  Log(stderr, mlserve::LogLevel::error, mlserve::LogFormat::text).error(message);
  return code;
}

int report_usage(const CLI::App& app, const CLI::ParseError& error,
                 const std::optional<std::string>& unknown) {
  if (error.get_exit_code() == 0) return app.exit(error);  // --help, --version
  std::string message = unknown.value_or(error.what());
  if (const std::size_t end = message.find('\n'); end != std::string::npos) message.resize(end);
  return report(message + " (see mlserve --help)", kWrongUsage);
}

std::unique_ptr<Log> open_log(const CommonOptions& common) {
  const auto level = *mlserve::parse_log_level(common.log_level);
  const auto format = *mlserve::parse_log_format(common.log_format);
  if (common.log_file.empty()) return std::make_unique<Log>(stderr, level, format);
  return std::make_unique<Log>(common.log_file, level, format);
}

int run(const std::vector<Command>& commands, Context& context) {
  try {
    for (const Command& command : commands) {
      if (command.app->parsed()) return command.run(context);
    }
    return kWrongUsage;
  } catch (const Error& error) {
    context.log.error(error.what());
    return exit_code(error.kind());
  } catch (const std::bad_alloc&) {
    context.log.error("out of memory");
  } catch (const std::exception& error) {
    context.log.error(std::string("unexpected: ") + error.what());
  }
  return kFailed;
}

}  // namespace

int main(int argc, char** argv) {
  // A write beyond the limit of file sizes fails like one to a full disk, instead of killing us.
  std::signal(SIGXFSZ, SIG_IGN);
  CLI::App app("From a CSV file to a prediction API, in one program.", "mlserve");
  CommonOptions common;
  add_common_options(app, common);
  app.require_subcommand(1);
  app.fallthrough();
  app.allow_config_extras(CLI::config_extras_mode::error);
  const std::vector<Command> commands = {
      add_train(app), add_predict(app), add_evaluate(app), add_inspect(app), add_export(app),
      add_serve(app), add_worker(app),  add_jobs(app),     add_key(app),     add_replay(app)};
  name_environment(app);
  for (const Command& command : commands) name_environment(*command.app);
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return report_usage(app, error, unknown_command(commands, argc, argv));
  }
  try {
    const std::unique_ptr<Log> log = open_log(common);
    Context context{common, *log};
    return run(commands, context);
  } catch (const Error& error) {
    return report(std::string("--log-file: ") + error.what(), exit_code(error.kind()));
  }
}
