#pragma once

#include <chrono>
#include <cstddef>
#include <memory>
#include <mutex>
#include <string>
#include <unordered_map>
#include <vector>

#include "model/model.hpp"
#include "store/model_store.hpp"

namespace mlserve::jobs {

/// Puts models into the store, so that jobs can be pinned to them. All calls may run on several
/// threads at once.
class Publisher {
 public:
  /// For how long a model that was published counts as there. The store keeps one that nobody needs
  /// for an hour.
  static constexpr std::chrono::minutes kRemembered{10};

  /// `models` outlives the publisher.
  explicit Publisher(store::ModelStore& models, std::chrono::milliseconds remembered = kRemembered)
      : models_(models), remembered_(remembered) {}

  /// The checksum of the model's text, under which it is in the store now: not that of its file,
  /// when this was written by an older version. Costs nothing for a loaded or saved model that was
  /// published a short time ago. Throws as ModelStore::publish.
  std::string publish(const model::Model& model);

  /// Lets the next `publish` look again: when the store says ModelNotPublished.
  void forget();

 private:
  struct Published {
    std::string checksum;
    std::chrono::steady_clock::time_point when;
  };

  store::ModelStore& models_;
  const std::chrono::milliseconds remembered_;
  std::mutex mutex_;  ///< guards published_; not held while the store is asked
  std::unordered_map<std::string, Published> published_;  ///< by the checksum of the file
};

/// Models of the store by checksum. Keeps the latest few, which are immutable and shared. All calls
/// may run on several threads at once.
class ModelCache {
 public:
  using Handle = std::shared_ptr<const model::Model>;
  static constexpr std::size_t kKept = 4;

  /// `models` outlives the cache.
  explicit ModelCache(store::ModelStore& models) : models_(models) {}

  /// Throws Error(not_found), Error(corrupt), and as the store.
  Handle find(const std::string& checksum);

 private:
  Handle cached(const std::string& checksum);

  store::ModelStore& models_;
  std::mutex mutex_;  ///< guards kept_; not held while the store is asked
  std::vector<std::pair<std::string, Handle>> kept_;  ///< used latest last
};

}  // namespace mlserve::jobs
