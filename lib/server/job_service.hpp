#pragma once

#include "core/log.hpp"
#include "jobs/model_exchange.hpp"
#include "server/executor.hpp"
#include "server/job_watch.hpp"
#include "server/reason_log.hpp"
#include "store/store.hpp"

namespace mlserve::server {

/// What the routes of jobs work with. Store and log outlive it; so does the executor, which
/// is to be stopped before the service goes. All of it may be used on several threads at once.
class JobService {
 public:
  JobService(store::Store& store, Executor& executor, Log& log)
      : store_(store),
        executor_(executor),
        publisher_(store.models()),
        watch_(store, executor),
        troubles_(log) {}

  store::Store& store() noexcept { return store_; }
  /// Where handlers ask the store, which may wait.
  Executor& executor() noexcept { return executor_; }
  jobs::Publisher& publisher() noexcept { return publisher_; }
  JobWatch& watch() noexcept { return watch_; }
  /// Where it is told why the store cannot be used, which is nothing for clients.
  ReasonLog& troubles() noexcept { return troubles_; }

 private:
  store::Store& store_;
  Executor& executor_;
  jobs::Publisher publisher_;
  JobWatch watch_;
  ReasonLog troubles_;
};

}  // namespace mlserve::server
