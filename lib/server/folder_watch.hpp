#pragma once

#include <atomic>
#include <chrono>
#include <memory>
#include <set>
#include <string>
#include <thread>

#include "core/descriptor.hpp"
#include "core/log.hpp"
#include "server/model_folder.hpp"
#include "server/model_registry.hpp"

namespace mlserve::server {

/// Keeps the models of a folder served as its files come, change and go: a thread of its own sleeps
/// until the system tells of a change (inotify). Where it cannot tell - a network file system, no
/// more watches to be had, a link above the folder that leads elsewhere now - a look every few
/// seconds finds out.
class FolderWatch {
 public:
  /// `folder` was added to `models`, which outlives the watch, as does `log`.
  FolderWatch(ModelRegistry& models, std::shared_ptr<ModelFolder> folder, Log& log);
  ~FolderWatch();

  FolderWatch(const FolderWatch&) = delete;
  FolderWatch& operator=(const FolderWatch&) = delete;

 private:
  void run();
  void look();
  bool watch_folders();
  bool wait(std::chrono::milliseconds most);

  ModelRegistry& models_;
  const std::shared_ptr<ModelFolder> folder_;
  Log& log_;
  std::string trouble_;  ///< that the log has told of
  std::atomic<bool> stopping_ = false;
  Descriptor wake_;        // an eventfd
  Descriptor inotify_;     // none when the system has no more
  std::set<int> watched_;  // watch descriptors
  std::thread thread_;
};

}  // namespace mlserve::server
