#pragma once

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <CLI/CLI.hpp>

#include "core/log.hpp"
#include "data/csv_options.hpp"

namespace mlserve::app {

/// Options that every command has.
struct CommonOptions {
  bool json = false;
  std::string log_level = "info";
  std::string log_format = "text";
  std::string log_file;  ///< empty: standard error
};

/// What a command runs with.
struct Context {
  const CommonOptions& common;
  Log& log;
};

/// A subcommand: its options are registered, `run` does the work and returns the exit code.
struct Command {
  CLI::App* app;
  std::function<int(Context&)> run;
};

Command add_train(CLI::App& app);
Command add_predict(CLI::App& app);
Command add_evaluate(CLI::App& app);
Command add_inspect(CLI::App& app);
Command add_export(CLI::App& app);
Command add_serve(CLI::App& app);
Command add_worker(CLI::App& app);
Command add_jobs(CLI::App& app);
Command add_replay(CLI::App& app);
Command add_key(CLI::App& app);

/// Takes the names of `values` and nothing else, and lists them when another word comes.
template <class Value>
CLI::Validator one_of(const std::map<std::string, Value>& values) {
  std::string names;
  for (const auto& [name, value] : values) names.append(names.empty() ? "" : ",").append(name);
  const auto transform = [values, names](std::string& text) {
    const auto found = values.find(text);
    if (found == values.end()) return text + " is none of {" + names + "}";
    text = std::to_string(static_cast<int>(found->second));
    return std::string();
  };
  return CLI::Validator(transform, "{" + names + "}");
}

/// `--threads N`, by default one for each core.
void add_threads_option(CLI::App& command, unsigned& threads);
/// `-m/--model FILE`, by default the model in the program that runs, if it is a bundle, else
/// model.json.
void add_model_option(CLI::App& command, std::string& path);
/// `--delimiter` and `--encoding` of CSV input.
void add_csv_options(CLI::App& command, data::CsvOptions& options);
/// An option that takes A,B,C.
void add_list_option(CLI::App& command, const std::string& name, std::vector<std::string>& names,
                     const std::string& description);

/// Throws Error(invalid_argument) if both paths name one file (by whatever link) or both "-": one
/// would be lost in the other. `what` says who they are: "--output is the input".
void require_different(const std::string& a, const std::string& b, const std::string& what);

/// Gives each option of `command` an environment variable: --test-size has MLSERVE_TEST_SIZE.
void name_environment(CLI::App& command);

}  // namespace mlserve::app
