#pragma once

#include <memory>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "core/log.hpp"
#include "jobs/bell.hpp"
#include "jobs/held_job.hpp"
#include "jobs/keeper.hpp"
#include "jobs/model_exchange.hpp"
#include "jobs/outage.hpp"
#include "jobs/worker_options.hpp"
#include "store/store.hpp"

namespace mlserve::jobs {

/// Takes jobs from a store and works them off, first in, first out, on threads of its own; JOBS.md
/// tells the life of a job. It waits for the database's news, and looks without any only every
/// third of a lease; and it waits for a store that cannot be had.
class Worker {
 public:
  /// `store` and `log` outlive the worker.
  Worker(store::Store& store, WorkerOptions options, Log& log);
  /// Stops.
  ~Worker();

  Worker(const Worker&) = delete;
  Worker& operator=(const Worker&) = delete;

  /// Begins to take jobs; once. Throws Error(internal) when the system has no more threads or
  /// descriptors.
  void start();
  /// Takes no more jobs, lets the running ones go on for `drain`, hands back what is not finished
  /// then, and returns when all threads have ended. The fit of a training is not interrupted: its
  /// job is handed back at once, its thread ends with the fit.
  void stop();
  /// Whether the store could be had when it was asked last. On any thread.
  bool is_ready() const noexcept { return !outage_.lasts(); }

 private:
  /// What the database's listener tells. Shared with it: watching may go on after the worker.
  struct News {
    Bell for_runners;
    Bell for_keeper;
    HeldJobs held_jobs;

    void take(const store::Change& change);
  };

  void run();
  std::optional<store::Job> claim(std::string& unanswered);
  void work_off(store::Job job);

  store::Store& store_;
  const WorkerOptions options_;
  Log& log_;
  Outage outage_;
  ModelCache models_;
  const std::shared_ptr<News> news_ = std::make_shared<News>();
  std::optional<Keeper> keeper_;
  std::vector<std::thread> runners_;
};

}  // namespace mlserve::jobs
