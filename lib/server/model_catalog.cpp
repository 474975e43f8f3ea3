#include "server/model_catalog.hpp"

#include <algorithm>

#include "server/model_version.hpp"

namespace mlserve::server {

ModelCatalog::ModelCatalog(const std::vector<Handle>& served) {
  for (const Handle& handle : served) models_[handle->name()].newest_first.push_back(handle);
  for (auto& [name, versions] : models_) {
    std::ranges::sort(versions.newest_first, [](const Handle& a, const Handle& b) {
      return is_newer(a->version(), b->version());
    });
    versions.serving = versions.newest_first.front();
  }
  names_.insert(models_.begin(), models_.end());
  set_default("");
}

bool ModelCatalog::add(const ModelAlias& alias) {
  const auto model = models_.find(alias.model);
  if (model == models_.end()) return false;
  Versions meant = model->second;
  if (!alias.version.empty()) {
    meant.serving = meant.find(alias.version);
    if (!meant.serving) return false;
    if (alias.name == alias.model) {
      model->second.serving = meant.serving;
    } else {
      meant.newest_first = {meant.serving};
    }
  }
  names_[alias.name] = std::move(meant);
  return true;
}

void ModelCatalog::set_default(std::string_view name) {
  if (!name.empty()) {
    default_ = find(name);
  } else {
    default_ = models_.size() == 1 ? models_.begin()->second.serving : nullptr;
  }
}

ModelCatalog::Handle ModelCatalog::find(std::string_view name, std::string_view version) const {
  const auto named = names_.find(name);
  if (named == names_.end()) return nullptr;
  return version.empty() ? named->second.serving : named->second.find(normal_version(version));
}

std::vector<ModelCatalog::Handle> ModelCatalog::all() const {
  std::vector<Handle> handles;
  for (const auto& [name, versions] : models_) handles.push_back(versions.serving);
  return handles;
}

std::vector<ModelCatalog::Handle> ModelCatalog::versions(std::string_view name) const {
  const auto named = names_.find(name);
  return named == names_.end() ? std::vector<Handle>() : named->second.newest_first;
}

ModelCatalog::Handle ModelCatalog::Versions::find(std::string_view version) const {
  const auto found = std::ranges::find_if(
      newest_first, [&](const Handle& handle) { return handle->version() == version; });
  return found == newest_first.end() ? nullptr : *found;
}

}  // namespace mlserve::server
