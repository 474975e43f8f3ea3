#pragma once

#include <chrono>
#include <thread>

#include "jobs/bell.hpp"
#include "jobs/held_job.hpp"
#include "jobs/outage.hpp"
#include "jobs/worker_options.hpp"
#include "store/store.hpp"

namespace mlserve::jobs {

/// Keeps house beside the threads that work: renews the leases of the held jobs, ends those whose
/// lease is lost, brings back jobs of dead workers and sweeps. Rings of its bell make it look after
/// the leases at once. On a thread of its own, so that no long work delays it.
class Keeper {
 public:
  /// Begins at once. All parameters outlive it.
  Keeper(store::Store& store, const WorkerOptions& options, Bell& bell, HeldJobs& held_jobs,
         Outage& outage);
  /// Returns when the thread has ended.
  ~Keeper();

  Keeper(const Keeper&) = delete;
  Keeper& operator=(const Keeper&) = delete;

 private:
  using Moment = std::chrono::steady_clock::time_point;

  void run();
  void renew_leases();
  void reclaim();
  void sweep();
  template <class Call>
  bool try_with_store(Call call);

  store::Store& store_;
  const WorkerOptions& options_;
  Bell& bell_;
  HeldJobs& held_jobs_;
  Outage& outage_;
  const store::SweepOptions sweep_options_;
  Moment renewal_due_;
  Moment reclaim_due_;
  Moment sweep_due_;
  std::thread thread_;  ///< the last member: it uses the others
};

}  // namespace mlserve::jobs
