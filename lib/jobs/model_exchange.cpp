#include "jobs/model_exchange.hpp"

#include <algorithm>

#include "core/error.hpp"
#include "model/model_file.hpp"

namespace mlserve::jobs {

std::string Publisher::publish(const model::Model& model) {
  const auto now = std::chrono::steady_clock::now();
  if (!model.checksum.empty()) {
    const std::lock_guard lock(mutex_);
    const auto known = published_.find(model.checksum);
    if (known != published_.end() && now - known->second.when < remembered_)
      return known->second.checksum;
  }
  const std::string text = model::to_text(model);
  std::string checksum = model::checksum_in(text);
  models_.publish(checksum, text);
  if (!model.checksum.empty()) {
    const std::lock_guard lock(mutex_);
    std::erase_if(published_,
                  [&](const auto& entry) { return now - entry.second.when >= remembered_; });
    published_[model.checksum] = {checksum, now};
  }
  return checksum;
}

void Publisher::forget() {
  const std::lock_guard lock(mutex_);
  published_.clear();
}

ModelCache::Handle ModelCache::find(const std::string& checksum) {
  if (Handle known = cached(checksum)) return known;
  auto loaded = std::make_shared<const model::Model>(
      model::from_text(models_.text(checksum), "model " + checksum));
  if (loaded->checksum != checksum)
    throw Error(ErrorKind::corrupt, "model " + checksum + " of the store is another one");
  const std::lock_guard lock(mutex_);
  if (kept_.size() == kKept) kept_.erase(kept_.begin());
  kept_.emplace_back(checksum, loaded);
  return loaded;
}

/// Null if it is not kept.
ModelCache::Handle ModelCache::cached(const std::string& checksum) {
  const std::lock_guard lock(mutex_);
  const auto found = std::find_if(kept_.begin(), kept_.end(),
                                  [&](const auto& kept) { return kept.first == checksum; });
  if (found == kept_.end()) return nullptr;
  std::rotate(found, std::next(found), kept_.end());
  return kept_.back().second;
}

}  // namespace mlserve::jobs
