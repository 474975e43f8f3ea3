#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "core/log.hpp"
#include "server/model_catalog.hpp"
#include "server/model_shelf.hpp"
#include "server/model_source.hpp"
#include "server/model_state.hpp"

namespace mlserve::server {

/// The models that the server answers with, and where they come from.
///
/// All calls may run at once. Those that ask are cheap and wait for nobody. Those that change
/// something wait for files and the store: never on a worker of the transport. A model is served
/// when it was read and its golden rows score as they should; what cannot be read leaves what is
/// served as it is. One takes the other's place between two requests; the memory of the old one is
/// free when the last request is done that runs on it.
class ModelRegistry {
 public:
  using Handle = ModelCatalog::Handle;

  /// What happens is told to `log`, which outlives the registry; null: to nobody.
  explicit ModelRegistry(Log* log = nullptr) : log_(log) {}

  // ---- Asking

  /// The model, or alias, of that name: the version asked for, or the one that serves, which is the
  /// newest unless an alias says otherwise. Null if it is not here.
  Handle find(std::string_view name, std::string_view version = {}) const;
  /// The version of a model that has the label; null if there is none.
  Handle labelled(std::string_view name, std::string_view label) const;
  /// What answers paths that name no model: the one of `set_default`, else the only one. Null if
  /// there is none.
  Handle default_model() const;
  /// The version of each model that serves, by name; aliases are no models.
  std::vector<Handle> all() const;
  /// Those of a model or an alias that are served, the newest first.
  std::vector<Handle> versions(std::string_view name) const;

  /// What is known of every version that a source has, by name, the newest first.
  std::vector<ModelState> states() const;
  std::vector<ModelState> states(std::string_view name) const;
  std::vector<AliasState> aliases() const;
  std::vector<SourceState> sources() const;
  /// Attempts to load a model that failed, since the start.
  std::uint64_t load_failures() const;

  // ---- Settings, before there are sources

  /// "": no name.
  void set_default(std::string name);
  void set_aliases(std::vector<ModelAlias> aliases);
  /// So many of the newest ones of each model are loaded, and those that an alias names; 0: all.
  void set_max_versions(std::size_t count);
  /// Of models that sources bring; on unless it is said otherwise.
  void set_monitoring(Monitoring monitoring);

  // ---- Changing

  /// Serves a model that was made here, in the place of the same version if there is one.
  void put(Handle served);

  /// Has models come from `source`, too, from its first `sync` on.
  void add(std::shared_ptr<ModelSource> source);

  /// Adds a model file and loads it; returns the model's name. Throws as model::load.
  std::string add_file(const std::string& path, const std::string& name = {});

  /// Takes over what has changed in a source that was added: new and changed models are read, those
  /// that are gone are unloaded. Throws as ModelSource::list.
  ModelDelivery sync(const ModelSource& source, Look look);

  /// Reads all versions of the model again; ends an `unload`. Throws Error(not_found) when no
  /// source has it, and why a version cannot be used: the others serve.
  void load(const std::string& name);

  /// Serves the model no more, whatever versions its sources have, until it is loaded again or has
  /// gone from them. Throws Error(not_found) when it is not served.
  void unload(const std::string& name);

  /// Reads all again but for the store, which is followed anyway. Returns whether all is good.
  bool reload();

 private:
  std::shared_ptr<const ModelCatalog> catalog() const;
  std::vector<std::shared_ptr<ModelShelf>> shelves() const;
  std::shared_ptr<ModelShelf> shelf_of(const ModelSource& source) const;
  std::vector<Handle> made() const;
  ModelOrder order(Look look) const;
  void publish();
  std::vector<Handle> served_first();
  void add_aliases(ModelCatalog& catalog);

  Log* const log_;

  mutable std::mutex catalog_mutex_;  ///< guards catalog_; held for a look-up
  std::shared_ptr<const ModelCatalog> catalog_ = std::make_shared<ModelCatalog>();

  mutable std::mutex mutex_;                          ///< guards the rest
  std::vector<std::shared_ptr<ModelShelf>> shelves_;  ///< by the kind of their source
  std::vector<Handle> made_;
  std::string default_;
  std::vector<ModelAlias> own_aliases_;
  std::size_t max_versions_ = 0;
  Monitoring monitoring_ = Monitoring::on;
  std::map<std::string, ModelAlias> meant_;  ///< by alias, as it was last fulfilled
  std::vector<AliasState> aliases_;
  std::set<std::string> covered_;  ///< names that several sources have
};

}  // namespace mlserve::server
