#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/error.hpp"
#include "core/log.hpp"
#include "server/model_source.hpp"
#include "server/model_state.hpp"
#include "server/served_model.hpp"

namespace mlserve::server {

/// What is to be taken from a source.
struct ModelOrder {
  Look look = Look::settled;
  bool reread = false;              ///< also what has not changed
  std::optional<std::string> name;  ///< this model alone
  std::size_t max_versions = 0;     ///< the newest good ones of each model; 0: as the source has it
  bool quiet = false;               ///< whoever ordered tells what has come of it
  std::vector<ModelAlias> aliases;  ///< the versions that these name are taken, too
  Monitoring monitoring = Monitoring::on;
};

/// What has come of it.
struct ModelDelivery {
  bool offered = false;  ///< the source has a model that was asked for
  /// Why something could not be used: Error(unavailable) if there is one, which is over when the
  /// source can be had again, else that of the first one.
  std::optional<Error> failure;
};

/// The models of one source, as far as they are loaded. All calls may run at once; orders are
/// worked off one after the other.
class ModelShelf {
 public:
  using Handle = std::shared_ptr<const ServedModel>;

  /// `changed` is called when what is on the shelf has changed, by the thread that changed it. Log
  /// may be null.
  ModelShelf(std::shared_ptr<ModelSource> source, std::function<void()> changed, Log* log);

  const ModelSource& source() const noexcept { return *source_; }

  /// Takes what the order says, piece by piece. What could not be read is not read again before it
  /// changes, or the order is to reread, unless it was unavailable. Throws as ModelSource::list.
  ModelDelivery take(const ModelOrder& order);

  /// Takes the model off, and leaves it off until an order names it, or the source has it no more:
  /// when it comes again, it is a new one. Returns whether it was there.
  bool unload(const std::string& name);

  /// What is to be served, by name, in no order of versions.
  std::vector<Handle> served() const;
  /// By name, the newest first.
  std::vector<ModelState> states() const;
  std::vector<ModelAlias> aliases() const;
  SourceState state() const;
  /// Attempts to load a model that failed.
  std::uint64_t failures() const;

 private:
  /// One version that the source has.
  struct Slot {
    ModelOffer offer;
    Handle served;                             ///< null: nothing
    std::weak_ptr<const ServedModel> leaving;  ///< taken off: while requests run on it
    bool loading = false;
    bool read = false;   ///< the offer was, for better or worse
    std::string reason;  ///< why it failed, or why it is not on the shelf
    bool failed = false;
    std::uint64_t failures = 0;
  };
  using Key = std::pair<std::string, std::string>;  ///< name, version
  using Slots = std::map<Key, Slot>;

  ModelListing list(Look look);
  void take_versions(const ModelOrder& order, const std::vector<ModelOffer>& newest_first,
                     ModelDelivery& delivery);
  bool bring(const ModelOrder& order, const ModelOffer& offer, ModelDelivery& delivery);
  bool needs_reading(const ModelOrder& order, const ModelOffer& offer);
  void accept(const ModelOrder& order, const ModelOffer& offer, Handle fresh);
  void reject(const ModelOrder& order, const ModelOffer& offer, const Error& error,
              ModelDelivery& delivery);
  void take_off(const ModelOffer& offer, const std::string& reason);
  void drop_gone(const ModelOrder& order, const std::vector<ModelOffer>& offers);
  bool is_unloaded(const std::string& name) const;

  const std::shared_ptr<ModelSource> source_;
  const std::function<void()> changed_;
  Log* const log_;
  std::mutex working_;        ///< held while an order is worked off, and the source asked
  mutable std::mutex mutex_;  ///< guards the rest; never held while the source is asked
  Slots slots_;
  std::set<std::string, std::less<>> unloaded_;  ///< names
  std::vector<ModelAlias> aliases_;
  std::string problem_;
  std::uint64_t failures_ = 0;
};

}  // namespace mlserve::server
