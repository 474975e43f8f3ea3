#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <vector>

#include <CLI/CLI.hpp>

#include "core/log.hpp"
#include "server/folder_watch.hpp"
#include "server/model_registry.hpp"

namespace mlserve::app {

/// Which models a server has.
struct ModelOptions {
  std::string file;
  std::string name;           ///< of the model in `file`; empty: its stem
  std::string folder;         ///< empty: none
  std::string default_model;  ///< empty: that of the file, else the only one
  std::vector<std::string> aliases;
  std::size_t versions = 0;  ///< of each model; 0: as the source has it
  bool admin = false;
};

void add_model_options(CLI::App& app, ModelOptions& options);

/// Loads the models, and follows their folder as long as the result lives; null without a folder.
///
/// A file that was not named, and is not there, is not missed when the models may come from a
/// folder or, `from_store`, from the store. Throws as ModelRegistry::add_file and ::sync, and
/// Error(not_found) for an alias of what is not there, unless the store may have it.
std::unique_ptr<server::FolderWatch> open_models(const CLI::App& app, const ModelOptions& options,
                                                 bool from_store, server::ModelRegistry& models,
                                                 Log& log);

}  // namespace mlserve::app
