#include "server/model_registry.hpp"

#include <algorithm>
#include <map>
#include <optional>
#include <utility>

#include "core/error.hpp"
#include "core/text.hpp"
#include "server/model_file_source.hpp"
#include "server/model_version.hpp"

namespace mlserve::server {
namespace {

Error no_such_model(const std::string& name, const std::string& reason) {
  return Error(ErrorKind::not_found, "no model '" + shown(name) + "' " + reason);
}

}  // namespace

// ---- Asking

ModelRegistry::Handle ModelRegistry::find(std::string_view name, std::string_view version) const {
  const std::lock_guard lock(catalog_mutex_);
  return catalog_->find(name, version);
}

ModelRegistry::Handle ModelRegistry::labelled(std::string_view name, std::string_view label) const {
  return find(label_name(name, label));
}

ModelRegistry::Handle ModelRegistry::default_model() const {
  const std::lock_guard lock(catalog_mutex_);
  return catalog_->default_model();
}

std::vector<ModelRegistry::Handle> ModelRegistry::all() const { return catalog()->all(); }

std::vector<ModelRegistry::Handle> ModelRegistry::versions(std::string_view name) const {
  return catalog()->versions(name);
}

std::shared_ptr<const ModelCatalog> ModelRegistry::catalog() const {
  const std::lock_guard lock(catalog_mutex_);
  return catalog_;
}

std::vector<std::shared_ptr<ModelShelf>> ModelRegistry::shelves() const {
  const std::lock_guard lock(mutex_);
  return shelves_;
}

std::shared_ptr<ModelShelf> ModelRegistry::shelf_of(const ModelSource& source) const {
  for (const auto& shelf : shelves()) {
    if (&shelf->source() == &source) return shelf;
  }
  throw Error(ErrorKind::internal, source.title() + ": the models of a source that was not added");
}

std::vector<ModelRegistry::Handle> ModelRegistry::made() const {
  const std::lock_guard lock(mutex_);
  return made_;
}

std::vector<ModelState> ModelRegistry::states() const {
  std::vector<ModelState> states;
  std::set<std::string> taken;  // names that a source before serves
  for (const Handle& served : made()) {
    states.push_back({served->name(),
                      served->version(),
                      LoadState::ready,
                      {},
                      served->model().checksum,
                      {},
                      false,
                      0});
    taken.insert(served->name());
  }
  for (const auto& shelf : shelves()) {
    std::set<std::string> ready;
    for (ModelState& state : shelf->states()) {
      if (state.state == LoadState::ready) {
        ready.insert(state.name);
        if (taken.contains(state.name)) {
          state.state = LoadState::unavailable;
          state.reason = "another source has a model of that name, which serves";
        }
      }
      states.push_back(std::move(state));
    }
    taken.merge(ready);
  }
  std::ranges::stable_sort(states, [](const ModelState& a, const ModelState& b) {
    return a.name != b.name ? a.name < b.name : is_newer(a.version, b.version);
  });
  return states;
}

std::vector<ModelState> ModelRegistry::states(std::string_view name) const {
  std::vector<ModelState> states = this->states();
  std::erase_if(states, [&](const ModelState& state) { return state.name != name; });
  return states;
}

std::vector<AliasState> ModelRegistry::aliases() const {
  const std::lock_guard lock(mutex_);
  return aliases_;
}

std::vector<SourceState> ModelRegistry::sources() const {
  std::vector<SourceState> states;
  for (const auto& shelf : shelves()) states.push_back(shelf->state());
  return states;
}

std::uint64_t ModelRegistry::load_failures() const {
  std::uint64_t failures = 0;
  for (const auto& shelf : shelves()) failures += shelf->failures();
  return failures;
}

// ---- Settings

void ModelRegistry::set_default(std::string name) {
  {
    const std::lock_guard lock(mutex_);
    default_ = std::move(name);
  }
  publish();
}

void ModelRegistry::set_aliases(std::vector<ModelAlias> aliases) {
  {
    const std::lock_guard lock(mutex_);
    own_aliases_ = std::move(aliases);
  }
  publish();
}

void ModelRegistry::set_max_versions(std::size_t count) {
  const std::lock_guard lock(mutex_);
  max_versions_ = count;
}

void ModelRegistry::set_monitoring(Monitoring monitoring) {
  const std::lock_guard lock(mutex_);
  monitoring_ = monitoring;
}

// ---- Changing

void ModelRegistry::put(Handle served) {
  {
    const std::lock_guard lock(mutex_);
    std::erase_if(made_, [&](const Handle& old) {
      return old->name() == served->name() && old->version() == served->version();
    });
    made_.push_back(std::move(served));
  }
  publish();
}

void ModelRegistry::add(std::shared_ptr<ModelSource> source) {
  const auto kind_of = [](const std::shared_ptr<ModelShelf>& shelf) {
    return shelf->source().kind();
  };
  auto shelf = std::make_shared<ModelShelf>(
      std::move(source), [this] { publish(); }, log_);
  const std::lock_guard lock(mutex_);
  const auto place = std::ranges::upper_bound(shelves_, kind_of(shelf), {}, kind_of);
  shelves_.insert(place, std::move(shelf));
}

std::string ModelRegistry::add_file(const std::string& path, const std::string& name) {
  auto source = std::make_shared<ModelFileSource>(path, name);
  add(source);
  ModelOrder wanted = order(Look::now);
  wanted.quiet = true;
  if (const auto failure = shelf_of(*source)->take(wanted).failure) throw Error(*failure);
  return source->name();
}

ModelDelivery ModelRegistry::sync(const ModelSource& source, Look look) {
  return shelf_of(source)->take(order(look));
}

void ModelRegistry::load(const std::string& name) {
  ModelOrder wanted = order(Look::now);
  wanted.name = name;
  wanted.reread = true;
  bool offered = false;
  std::optional<Error> failure;
  for (const auto& shelf : shelves()) {
    try {
      const ModelDelivery delivery = shelf->take(wanted);
      offered = offered || delivery.offered;
      if (!failure) failure = delivery.failure;
    } catch (const Error& error) {
      if (!failure) failure = error;
    }
  }
  if (failure) throw Error(*failure);
  if (!offered) throw no_such_model(name, "to load");
}

void ModelRegistry::unload(const std::string& name) {
  std::size_t were_there = 0;
  {
    const std::lock_guard lock(mutex_);
    were_there = std::erase_if(made_, [&](const Handle& made) { return made->name() == name; });
  }
  if (were_there > 0) publish();
  for (const auto& shelf : shelves()) were_there += shelf->unload(name) ? 1 : 0;
  if (were_there == 0) throw no_such_model(name, "is served");
}

bool ModelRegistry::reload() {
  ModelOrder all = order(Look::now);
  all.reread = true;
  bool good = true;
  for (const auto& shelf : shelves()) {
    if (shelf->source().kind() == ModelSource::Kind::store) continue;
    try {
      if (shelf->take(all).failure) good = false;
    } catch (const Error& error) {
      good = false;
      if (log_ != nullptr) log_->error(std::string("what is served goes on: ") + error.what());
    }
  }
  return good;
}

ModelOrder ModelRegistry::order(Look look) const {
  ModelOrder order;
  order.look = look;
  const std::lock_guard lock(mutex_);
  order.max_versions = max_versions_;
  order.aliases = own_aliases_;
  for (const auto& [name, alias] : meant_) order.aliases.push_back(alias);
  order.monitoring = monitoring_;
  return order;
}

// The old catalog, and models with it, is destroyed after the locks are released.
void ModelRegistry::publish() {
  std::shared_ptr<const ModelCatalog> old;
  const std::lock_guard lock(mutex_);
  auto fresh = std::make_shared<ModelCatalog>(served_first());
  add_aliases(*fresh);
  fresh->set_default(default_);
  const std::lock_guard catalog_lock(catalog_mutex_);
  old = std::exchange(catalog_, std::move(fresh));
}

/// All that is served: of each name what the first source has.
std::vector<ModelRegistry::Handle> ModelRegistry::served_first() {
  std::vector<Handle> served = made_;
  std::set<std::string> taken;
  for (const Handle& handle : made_) taken.insert(handle->name());
  std::set<std::string> covered;
  for (const auto& shelf : shelves_) {
    std::set<std::string> names;
    for (Handle& handle : shelf->served()) {
      names.insert(handle->name());
      if (taken.contains(handle->name())) {
        covered.insert(handle->name());
      } else {
        served.push_back(std::move(handle));
      }
    }
    taken.merge(names);
  }
  for (const std::string& name : covered) {
    if (log_ == nullptr || covered_.contains(name)) continue;
    log_->warning("several sources have a model '" + shown(name) +
                  "': the store's goes before a file's, which goes before a folder's");
  }
  covered_ = std::move(covered);
  return served;
}

/// One whose model is not here goes on to stand for what it stood for.
void ModelRegistry::add_aliases(ModelCatalog& catalog) {
  std::vector<ModelAlias> wanted = own_aliases_;
  for (const auto& shelf : shelves_) {
    for (ModelAlias& alias : shelf->aliases()) wanted.push_back(std::move(alias));
  }
  std::map<std::string, ModelAlias> meant;
  std::vector<AliasState> states;
  for (const ModelAlias& alias : wanted) {
    const auto same_name = [&](const auto& state) { return state.wanted.name == alias.name; };
    if (std::ranges::any_of(states, same_name)) continue;  // the first one counts
    const bool fulfilled = catalog.add(alias);
    const auto before = meant_.find(alias.name);
    if (fulfilled) {
      meant.emplace(alias.name, alias);
    } else if (before != meant_.end()) {
      catalog.add(before->second);
      meant.insert(*before);
    }
    states.push_back({alias, catalog.find(alias.name), fulfilled});
  }
  meant_ = std::move(meant);
  aliases_ = std::move(states);
}

}  // namespace mlserve::server
