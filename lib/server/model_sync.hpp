#pragma once

#include <atomic>
#include <memory>

#include "core/log.hpp"
#include "server/executor.hpp"
#include "server/model_registry.hpp"
#include "store/store.hpp"

namespace mlserve::server {

/// Serves what other processes and jobs of training put into the store: the highest promoted
/// version of each name, as soon as it is there, without a restart. It takes the place of a model
/// of that name from a file; one that cannot be used leaves the old one serving, and the log says
/// why.
///
/// All that is given outlives it; the executor is to be stopped before it goes, and the registry is
/// not to be told to load then. A store that is not there is waited for.
class ModelSync {
 public:
  ModelSync(store::Store& store, ModelRegistry& models, Executor& executor, Log& log);
  /// Ends all watching of the store.
  ~ModelSync();

  ModelSync(const ModelSync&) = delete;
  ModelSync& operator=(const ModelSync&) = delete;

 private:
  void schedule(SteadyTime when);
  void run();

  store::Store& store_;
  ModelRegistry& models_;
  Executor& executor_;
  Log& log_;
  const std::shared_ptr<ModelSource> source_;
  std::atomic<bool> scheduled_ = false;
  std::atomic<bool> failing_ = false;  ///< the log has said that the store cannot be read
};

}  // namespace mlserve::server
