#pragma once

#include <atomic>
#include <chrono>
#include <functional>
#include <map>
#include <mutex>
#include <string>
#include <vector>

#include "server/folder_scan.hpp"
#include "server/http.hpp"
#include "server/model_source.hpp"
#include "server/settling.hpp"

namespace mlserve::server {

/// The models in a folder: `NAME.json`, which is version 1, and `NAME/VERSION/model.json`; their
/// aliases in `aliases.json`, see parse_aliases.
///
/// A file that was written or taken away counts when it has been left alone for a moment: a
/// half-written one is not read, and one that is replaced by deleting it first is not missed.
class ModelFolder final : public ModelSource {
 public:
  using Clock = std::function<SteadyTime()>;

  /// How long a file must have been left alone.
  static constexpr std::chrono::milliseconds kPause{100};

  explicit ModelFolder(const std::string& path, Clock clock = std::chrono::steady_clock::now);

  Kind kind() const override { return Kind::folder; }
  std::string title() const override { return path_; }
  std::string followed() const override;

  /// Throws as scan_folder; the first time Error(corrupt) for bad aliases, which later are a
  /// problem that leaves the old ones.
  ModelListing list(Look look) override;

  /// Error(unavailable) for a file that cannot be opened.
  model::Model read(const ModelOffer& offer) override;

  // ---- For whoever watches the folder, at any time

  /// Whether the last `list` has taken up all that was there.
  bool is_settled() const noexcept { return settled_; }
  /// In which a change matters, as of the last `list`.
  std::vector<std::string> folders() const;
  void set_watched(bool watched) noexcept { watched_ = watched; }

 private:
  using Files = std::map<std::string, FolderFile>;

  Files look_around(Look look, std::string& problem);
  void read_aliases(const Files& files, Look look);

  const std::string path_;
  const Clock clock_;
  Settling<std::string, FolderFile> files_{kPause};
  bool listed_ = false;
  std::string aliases_stamp_;
  std::vector<ModelAlias> aliases_;
  std::string aliases_problem_;
  std::atomic<bool> settled_ = true;
  std::atomic<bool> watched_ = false;
  mutable std::mutex mutex_;  ///< guards folders_
  std::vector<std::string> folders_;
};

}  // namespace mlserve::server
