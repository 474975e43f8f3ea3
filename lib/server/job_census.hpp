#pragma once

#include <cstdint>
#include <map>
#include <mutex>
#include <vector>

#include "server/executor.hpp"
#include "server/http.hpp"
#include "server/metric_family.hpp"
#include "store/store.hpp"

namespace mlserve::server {

/// How many jobs of each status the store has, as it said of late. It is asked on the executor when
/// somebody wants to know, so nobody waits for a database that is away. All calls may run on
/// several threads at once.
class JobCensus {
 public:
  /// `store` outlives the census; so does `executor`, which is stopped before the census goes.
  JobCensus(store::Store& store, Executor& executor) : store_(store), executor_(executor) {}

  /// Whether there is no need to `ask`: the store has answered, or failed, a short time ago. Where
  /// counting takes long, that time is longer.
  bool is_fresh(SteadyTime now) const;

  /// Has the store asked, if nobody does already, and wakes `waker` when it has answered or cannot.
  void ask(Waker waker);

  /// Appends the jobs by status, as long as they are known, and whether the store could be had.
  void collect(SteadyTime now, std::vector<MetricFamily>& families) const;

 private:
  using Counts = std::map<store::JobStatus, std::uint64_t>;

  void run();
  Counts count();
  void end(bool is_up, Counts counts, SteadyTime begin);

  store::Store& store_;
  Executor& executor_;
  mutable std::mutex mutex_;  ///< guards the rest
  bool asking_ = false;
  std::vector<Waker> waiting_;
  bool is_up_ = false;
  Counts counts_;
  SteadyTime fresh_until_{};
};

}  // namespace mlserve::server
