#pragma once

#include "jobs/model_exchange.hpp"
#include "server/executor.hpp"
#include "server/job_watch.hpp"
#include "store/store.hpp"

namespace mlserve::server {

/// What the routes of jobs work with. The store outlives it; so does the executor, which is to be
/// stopped before the service goes. All of it may be used on several threads at once.
class JobService {
 public:
  JobService(store::Store& store, Executor& executor)
      : store_(store), executor_(executor), publisher_(store.models()), watch_(store, executor) {}

  store::Store& store() noexcept { return store_; }
  /// Where handlers ask the store, which may wait.
  Executor& executor() noexcept { return executor_; }
  jobs::Publisher& publisher() noexcept { return publisher_; }
  JobWatch& watch() noexcept { return watch_; }

 private:
  store::Store& store_;
  Executor& executor_;
  jobs::Publisher publisher_;
  JobWatch watch_;
};

}  // namespace mlserve::server
