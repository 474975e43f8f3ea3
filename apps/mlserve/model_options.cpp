#include "mlserve/model_options.hpp"

#include <filesystem>
#include <system_error>

#include "core/error.hpp"
#include "mlserve/command.hpp"
#include "model/bundle_file.hpp"
#include "server/model_folder.hpp"

namespace mlserve::app {
namespace {

bool wants_file(const CLI::App& app, const ModelOptions& options, bool from_store) {
  if (app.get_option("--model")->count() > 0 || model::is_bundle(options.file)) return true;
  if (!options.folder.empty()) return false;
  std::error_code ignored;
  return !from_store || std::filesystem::exists(options.file, ignored);
}

std::vector<server::ModelAlias> aliases_of(const ModelOptions& options) {
  std::vector<server::ModelAlias> aliases;
  for (const std::string& text : options.aliases) aliases.push_back(server::parse_alias(text));
  return aliases;
}

void require_aliases(const server::ModelRegistry& models) {
  for (const server::AliasState& state : models.aliases()) {
    if (state.fulfilled) continue;
    throw Error(ErrorKind::not_found,
                "alias " + title(state.wanted) + ": there is no such model or version");
  }
}

}  // namespace

void add_model_options(CLI::App& app, ModelOptions& options) {
  add_model_option(app, options.file);
  app.add_option("--name", options.name, "Name of the model in routes (default: the file's stem)");
  app.add_option("--models", options.folder,
                 "Folder of models: NAME.json, NAME/VERSION/model.json; followed as it changes")
      ->type_name("DIR");
  app.add_option(
      "--default-model", options.default_model,
      "Name of the model that POST /predict asks (default: that of the file, else the only one)");
  app.add_option("--alias", options.aliases,
                 "Another name for a model or a version: NAME=MODEL[@VERSION], or a label of a "
                 "model: MODEL@LABEL=VERSION; aliases.json in --models, too")
      ->delimiter(',')
      ->allow_extra_args(false)
      ->type_name("ALIAS");
  app.add_option("--versions", options.versions,
                 "Newest versions of each model that are loaded, besides those that an alias names "
                 "(default: all of --models, of the store one)")
      ->check(CLI::Range(1, 1'000'000));
  app.add_flag("--admin", options.admin,
               "Let clients load, promote and remove models: with keys those that may, without "
               "keys those on this machine");
}

std::unique_ptr<server::FolderWatch> open_models(const CLI::App& app, const ModelOptions& options,
                                                 bool from_store, server::ModelRegistry& models,
                                                 Log& log) {
  models.set_default(options.default_model);
  models.set_aliases(aliases_of(options));
  models.set_max_versions(options.versions);
  if (wants_file(app, options, from_store)) {
    const std::string name = models.add_file(options.file, options.name);
    if (options.default_model.empty()) models.set_default(name);
  }
  std::shared_ptr<server::ModelFolder> folder;
  if (!options.folder.empty()) {
    folder = std::make_shared<server::ModelFolder>(options.folder);
    models.add(folder);
    models.sync(*folder, server::Look::now);
  }
  if (!from_store) require_aliases(models);
  return folder ? std::make_unique<server::FolderWatch>(models, folder, log) : nullptr;
}

}  // namespace mlserve::app
