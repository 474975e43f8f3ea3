#include "mlserve/command.hpp"

#include <algorithm>
#include <cctype>
#include <filesystem>
#include <system_error>
#include <thread>

#include "core/error.hpp"
#include "core/text.hpp"
#include "data/delimiter.hpp"
#include "data/encoding.hpp"
#include "mlserve/process.hpp"
#include "model/bundle_file.hpp"

namespace mlserve::app {
namespace {

/// A bundle has its model in itself.
std::string default_model() {
  const std::string program = own_program();
  return model::is_bundle(program) ? program : "model.json";
}

}  // namespace

void add_threads_option(CLI::App& command, unsigned& threads) {
  threads = std::max(1U, std::thread::hardware_concurrency());
  command
      .add_option("--threads", threads,
                  "Threads to compute with; the result is the same for any number")
      ->check(CLI::Range(1, 1024))
      ->capture_default_str();
}

void add_model_option(CLI::App& command, std::string& path) {
  static const std::string own = default_model();
  path = own;
  command.add_option("-m,--model", path, "Model file")->capture_default_str();
}

void add_csv_options(CLI::App& command, data::CsvOptions& options) {
  command
      .add_option_function<std::string>(
          "--delimiter",
          [&options](const std::string& text) {
            options.delimiter = data::parse_delimiter(text);
            if (options.delimiter) return;
            throw CLI::ValidationError("--delimiter",
                                       "\"" + shown(text) + "\" is none of , ; | tab");
          },
          "What stands between the fields of CSV input (default: found from its first lines)")
      ->type_name("{,,;,|,tab}");
  command
      .add_option_function<std::string>(
          "--encoding",
          [&options](const std::string& text) {
            const auto encoding = data::parse_encoding(text);
            if (!encoding) {
              throw CLI::ValidationError("--encoding",
                                         "\"" + shown(text) + "\" is none of utf-8 latin1");
            }
            options.encoding = *encoding;
          },
          "Encoding of CSV input (default: utf-8)")
      ->type_name("{utf-8,latin1}");
}

void add_list_option(CLI::App& command, const std::string& name, std::vector<std::string>& names,
                     const std::string& description) {
  command.add_option(name, names, description)
      ->delimiter(',')
      ->allow_extra_args(false)
      ->type_name("A,B,C");
}

void require_different(const std::string& a, const std::string& b, const std::string& what) {
  std::error_code not_there;
  if (a == b || std::filesystem::equivalent(a, b, not_there)) {
    throw Error(ErrorKind::invalid_argument, what + ": " + shown(a));
  }
}

void name_environment(CLI::App& command) {
  for (CLI::Option* option : command.get_options()) {
    const std::string name = option->get_single_name();
    // --help and --version are questions, not settings; --config is read before the environment.
    if (option->get_positional() || name == "help" || name == "version" || name == "config")
      continue;
    std::string variable = "MLSERVE_";
    for (const char c : name) {
      variable += c == '-' ? '_' : static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
    }
    option->envname(variable);
  }
}

}  // namespace mlserve::app
