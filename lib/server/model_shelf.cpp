#include "server/model_shelf.hpp"

#include <algorithm>
#include <exception>

#include "core/text.hpp"
#include "server/model_version.hpp"

namespace mlserve::server {
namespace {

std::string title(const ModelOffer& offer) {
  return "model '" + shown(offer.name) + "' version " + shown(offer.version) + " of " + offer.place;
}

std::pair<std::string, std::string> key_of(const ModelOffer& offer) {
  return {offer.name, offer.version};
}

bool concerns(const ModelOrder& order, const std::string& name) {
  return !order.name || *order.name == name;
}

bool is_aliased(const ModelOrder& order, const ModelOffer& offer) {
  return std::ranges::any_of(order.aliases, [&](const ModelAlias& alias) {
    return alias.model == offer.name && alias.version == offer.version;
  });
}

bool comes_first(const ModelOffer& a, const ModelOffer& b) {
  return a.name != b.name ? a.name < b.name : is_newer(a.version, b.version);
}

}  // namespace

ModelShelf::ModelShelf(std::shared_ptr<ModelSource> source, std::function<void()> changed, Log* log)
    : source_(std::move(source)), changed_(std::move(changed)), log_(log) {}

ModelDelivery ModelShelf::take(const ModelOrder& order) {
  const std::lock_guard working(working_);
  ModelListing listing = list(order.look);
  std::erase_if(listing.offers, [&](const auto& offer) { return !concerns(order, offer.name); });
  std::ranges::sort(listing.offers, comes_first);
  ModelOrder whole = order;
  whole.aliases.insert(whole.aliases.end(), listing.aliases.begin(), listing.aliases.end());
  ModelDelivery delivery;
  delivery.offered = !listing.offers.empty();
  if (order.name) {
    const std::lock_guard lock(mutex_);
    unloaded_.erase(*order.name);
  }
  for (auto begin = listing.offers.begin(); begin != listing.offers.end();) {
    const auto end = std::find_if(begin, listing.offers.end(),
                                  [&](const auto& offer) { return offer.name != begin->name; });
    take_versions(whole, {begin, end}, delivery);
    begin = end;
  }
  drop_gone(order, listing.offers);
  return delivery;
}

ModelListing ModelShelf::list(Look look) {
  try {
    ModelListing listing = source_->list(look);
    bool changed = false;
    {
      const std::lock_guard lock(mutex_);
      problem_ = listing.problem;
      changed = aliases_ != listing.aliases;
      aliases_ = listing.aliases;
    }
    if (changed) changed_();
    return listing;
  } catch (const Error& error) {
    const std::lock_guard lock(mutex_);
    problem_ = error.what();
    throw;
  }
}

// The newest good ones: one that cannot be used leaves its place to an older one.
void ModelShelf::take_versions(const ModelOrder& order, const std::vector<ModelOffer>& newest_first,
                               ModelDelivery& delivery) {
  const std::size_t most =
      order.max_versions > 0 ? order.max_versions : source_->default_versions();
  std::size_t good = 0;
  for (const ModelOffer& offer : newest_first) {
    if (is_unloaded(offer.name)) {
      take_off(offer, "it was unloaded");
    } else if (most == 0 || good < most || is_aliased(order, offer)) {
      good += bring(order, offer, delivery) ? 1 : 0;
    } else {
      take_off(offer, "there are " + std::to_string(good) + " newer versions");
    }
  }
}

/// Whether the offer is on the shelf then, as it is now or as it was.
bool ModelShelf::bring(const ModelOrder& order, const ModelOffer& offer, ModelDelivery& delivery) {
  if (needs_reading(order, offer)) {
    try {
      accept(order, offer,
             std::make_shared<const ServedModel>(offer.name, offer.version, source_->read(offer),
                                                 order.monitoring));
    } catch (const Error& error) {
      reject(order, offer, error, delivery);
    } catch (const std::exception& error) {  // out of memory: what is there goes on
      reject(order, offer, Error(ErrorKind::unavailable, offer.place + ": " + error.what()),
             delivery);
    }
  }
  const std::lock_guard lock(mutex_);
  return slots_[key_of(offer)].served != nullptr;
}

bool ModelShelf::needs_reading(const ModelOrder& order, const ModelOffer& offer) {
  const std::lock_guard lock(mutex_);
  Slot& slot = slots_[key_of(offer)];
  const bool same = slot.read && slot.offer.stamp == offer.stamp;
  slot.offer = offer;
  slot.loading = order.reread || !same;
  return slot.loading;
}

void ModelShelf::accept(const ModelOrder& order, const ModelOffer& offer, Handle fresh) {
  std::string news = " serves now";
  {
    const std::lock_guard lock(mutex_);
    Slot& slot = slots_[key_of(offer)];
    slot.loading = false;
    if (unloaded_.contains(offer.name)) return;
    slot.read = true;
    slot.failed = false;
    slot.reason.clear();
    if (slot.served) {
      // What reads the same is the same: its requests need no new one.
      if (slot.served->model().checksum == fresh->model().checksum) return;
      news = " reloaded";
    }
    slot.served.swap(fresh);
  }
  changed_();
  if (log_ != nullptr && !order.quiet) log_->info(title(offer) + news);
}

void ModelShelf::reject(const ModelOrder& order, const ModelOffer& offer, const Error& error,
                        ModelDelivery& delivery) {
  const bool passes = error.kind() == ErrorKind::unavailable;
  if (passes || !delivery.failure) delivery.failure = error;
  std::string news = "not served: ";
  {
    const std::lock_guard lock(mutex_);
    Slot& slot = slots_[key_of(offer)];
    const bool known = slot.failed && slot.reason == error.what();
    slot.loading = false;
    slot.read = !passes;
    slot.failed = true;
    slot.reason = error.what();
    ++slot.failures;
    ++failures_;
    if (known && passes) return;
    if (slot.served) news = "not reloaded, what was there goes on: ";
  }
  if (log_ != nullptr && !order.quiet) log_->error(news + error.what());
}

void ModelShelf::take_off(const ModelOffer& offer, const std::string& reason) {
  Handle old;
  {
    const std::lock_guard lock(mutex_);
    Slot& slot = slots_[key_of(offer)];
    slot.offer = offer;
    slot.read = false;
    slot.failed = false;
    slot.reason = reason;
    old.swap(slot.served);
    if (old) slot.leaving = old;
  }
  if (!old) return;
  changed_();
  if (log_ != nullptr) log_->info(title(offer) + " is served no more: " + reason);
}

void ModelShelf::drop_gone(const ModelOrder& order, const std::vector<ModelOffer>& offers) {
  std::set<Key> there;
  for (const ModelOffer& offer : offers) there.insert(key_of(offer));
  std::vector<Slot> gone;
  {
    const std::lock_guard lock(mutex_);
    for (auto slot = slots_.begin(); slot != slots_.end();) {
      if (there.contains(slot->first) || !concerns(order, slot->first.first)) {
        ++slot;
      } else {
        gone.push_back(std::move(slot->second));
        slot = slots_.erase(slot);
      }
    }
    std::erase_if(unloaded_, [&](const std::string& name) {
      const auto first = slots_.lower_bound({name, ""});
      return first == slots_.end() || first->first.first != name;
    });
  }
  if (gone.empty()) return;
  changed_();
  for (const Slot& slot : gone) {
    if (slot.served && log_ != nullptr) {
      log_->info(title(slot.offer) + " is served no more: it is gone");
    }
  }
}

bool ModelShelf::unload(const std::string& name) {
  std::vector<ModelOffer> offers;
  bool was_there = false;
  {
    const std::lock_guard lock(mutex_);
    for (const auto& [key, slot] : slots_) {
      if (key.first != name) continue;
      offers.push_back(slot.offer);
      was_there = was_there || slot.served != nullptr;
    }
    if (!offers.empty()) unloaded_.insert(name);
  }
  for (const ModelOffer& offer : offers) take_off(offer, "it was unloaded");
  return was_there;
}

bool ModelShelf::is_unloaded(const std::string& name) const {
  const std::lock_guard lock(mutex_);
  return unloaded_.contains(name);
}

std::vector<ModelShelf::Handle> ModelShelf::served() const {
  const std::lock_guard lock(mutex_);
  std::vector<Handle> served;
  for (const auto& [key, slot] : slots_) {
    if (slot.served) served.push_back(slot.served);
  }
  return served;
}

std::vector<ModelState> ModelShelf::states() const {
  std::vector<ModelState> states;
  const std::lock_guard lock(mutex_);
  for (const auto& [key, slot] : slots_) {
    ModelState state{key.first,        key.second,  LoadState::unavailable, slot.reason, {},
                     slot.offer.place, slot.failed, slot.failures};
    if (slot.served) {
      state.state = LoadState::ready;
      state.checksum = slot.served->model().checksum;
    } else if (slot.loading) {
      state.state = LoadState::loading;
    } else if (!slot.leaving.expired()) {
      state.state = LoadState::unloading;
    }
    states.push_back(std::move(state));
  }
  return states;
}

std::vector<ModelAlias> ModelShelf::aliases() const {
  const std::lock_guard lock(mutex_);
  return aliases_;
}

SourceState ModelShelf::state() const {
  const std::lock_guard lock(mutex_);
  return {source_->kind(), source_->title(), source_->followed(), problem_};
}

std::uint64_t ModelShelf::failures() const {
  const std::lock_guard lock(mutex_);
  return failures_;
}

}  // namespace mlserve::server
