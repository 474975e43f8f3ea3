#include "server/served_model.hpp"

#include <algorithm>
#include <filesystem>
#include <utility>

#include "core/error.hpp"
#include "model/model_file.hpp"

namespace mlserve::server {
namespace {

constexpr const char* kFirstVersion = "1";

}  // namespace

ServedModel::ServedModel(std::string name, std::string version, model::Model model)
    : name_(std::move(name)),
      version_(std::move(version)),
      model_(std::move(model)),
      scorer_(model_) {}

std::unique_ptr<ServedModel::Scratch> ServedModel::take_scratch() const {
  {
    const std::lock_guard lock(mutex_);
    if (!free_.empty()) {
      std::unique_ptr<Scratch> scratch = std::move(free_.back());
      free_.pop_back();
      return scratch;
    }
  }
  return std::make_unique<Scratch>(model_.schema);
}

void ServedModel::put_back(std::unique_ptr<Scratch> scratch) const {
  const std::lock_guard lock(mutex_);
  free_.push_back(std::move(scratch));
}

std::string ModelRegistry::load(const std::string& path, const std::string& name) {
  std::string served_name = name.empty() ? std::filesystem::path(path).stem().string() : name;
  auto served = std::make_shared<const ServedModel>(served_name, kFirstVersion, model::load(path));
  const std::lock_guard lock(mutex_);
  entries_.push_back({path, std::move(served)});
  return served_name;
}

bool ModelRegistry::put(Handle served) {
  const std::lock_guard lock(mutex_);
  for (Entry& entry : entries_) {
    if (entry.served->name() != served->name()) continue;
    const bool was_file = !entry.path.empty();
    entry = {"", std::move(served)};
    return was_file;
  }
  entries_.push_back({"", std::move(served)});
  return false;
}

bool ModelRegistry::reload(Log& log) {
  std::vector<Entry> entries;
  {
    const std::lock_guard lock(mutex_);
    entries = entries_;
  }
  bool all_good = true;
  for (std::size_t i = 0; i < entries.size(); ++i) {
    const Entry& entry = entries[i];
    if (entry.path.empty()) continue;
    try {
      auto fresh = std::make_shared<const ServedModel>(
          entry.served->name(), entry.served->version(), model::load(entry.path));
      const std::lock_guard lock(mutex_);
      if (entries_[i].path.empty()) continue;  // meanwhile the store's; entries only ever come
      entries_[i].served = std::move(fresh);
      log.info("model reloaded", {{"model", entry.served->name()}});
    } catch (const std::exception& error) {  // out of memory, too: the old model goes on
      all_good = false;
      log.error(std::string("the model was not reloaded, the old one goes on: ") + error.what());
    }
  }
  return all_good;
}

ModelRegistry::Handle ModelRegistry::find(std::string_view name) const {
  const std::lock_guard lock(mutex_);
  for (const Entry& entry : entries_) {
    if (entry.served->name() == name) return entry.served;
  }
  return nullptr;
}

ModelRegistry::Handle ModelRegistry::only() const {
  const std::lock_guard lock(mutex_);
  return entries_.size() == 1 ? entries_.front().served : nullptr;
}

std::vector<ModelRegistry::Handle> ModelRegistry::all() const {
  const std::lock_guard lock(mutex_);
  std::vector<Handle> handles;
  for (const Entry& entry : entries_) handles.push_back(entry.served);
  return handles;
}

}  // namespace mlserve::server
