#include <filesystem>
#include <memory>
#include <string>

#include "core/atomic_file.hpp"
#include "core/error.hpp"
#include "data/json_writer.hpp"
#include "mlserve/command.hpp"
#include "mlserve/console.hpp"
#include "mlserve/exit_codes.hpp"
#include "server/key_ring.hpp"

namespace mlserve::app {
namespace {

constexpr const char* kKeyExamples = R"(Examples:
  mlserve key shop                                  a key that may predict, and its line for a key file
  mlserve key ops --scopes predict,jobs,admin --file keys.txt && mlserve serve --keys keys.txt
  curl http://127.0.0.1:12345/models -H "Authorization: Bearer $KEY"

The key is shown this once: the file has its SHA-256 alone. Take a line out to revoke a key; a server sees
the change within seconds.)";

constexpr std::size_t kMaxFileBytes = std::size_t{4} << 20;

struct KeyCommand {
  std::string name;
  std::string scopes = "predict";
  std::string file;
};

/// Adds `line` to the file, which is made if it is not there; the keys in it stay good.
void append_line(const std::string& path, const std::string& line) {
  std::error_code ignored;
  std::string text;
  if (std::filesystem::exists(path, ignored)) text = read_file(path, kMaxFileBytes);
  if (!text.empty() && text.back() != '\n') text += '\n';
  text += line + '\n';
  server::parse_keys(text, path);
  write_file(path, text);
}

int run(const KeyCommand& command, Context& context) {
  const server::Scopes scopes = server::parse_scopes(command.scopes);
  const std::string key = server::make_key();
  const std::string line = server::key_line(command.name, scopes, key);
  if (!command.file.empty()) append_line(command.file, line);
  std::string text;
  if (context.common.json) {
    data::JsonWriter json(text);
    json.begin_object().key("name").string(command.name).key("scopes").string(scopes.text());
    json.key("key").string(key).key("line").string(line).end_object();
    text += '\n';
  } else if (command.file.empty()) {
    text = "key   " + key + "\nline  " + line + "\n";
  } else {
    text = key + "\n";
  }
  print(text);
  return kDone;
}

}  // namespace

Command add_key(CLI::App& app) {
  auto command = std::make_shared<KeyCommand>();
  CLI::App* sub = app.add_subcommand("key", "Make an API key for `serve --keys`");
  sub->footer(kKeyExamples);
  sub->add_option("NAME", command->name, "Who has the key: for logs and limits")->required();
  sub->add_option("--scopes", command->scopes, "What it may do: predict, jobs, admin")
      ->capture_default_str();
  sub->add_option("--file", command->file,
                  "Key file to add it to (default: print the line for one)");
  return {sub, [command](Context& context) { return run(*command, context); }};
}

}  // namespace mlserve::app
