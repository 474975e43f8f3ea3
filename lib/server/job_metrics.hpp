#pragma once

#include <map>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

#include "jobs/worker_options.hpp"
#include "server/bucket_counts.hpp"
#include "server/metric_family.hpp"

namespace mlserve::server {

/// What the jobs of a worker in this process wait and take. All calls may run on several threads at
/// once.
class JobMetrics {
 public:
  /// To be given to the worker, which it outlives.
  jobs::AttemptObserver observer();

  /// Appends what was counted to `families`.
  void collect(std::vector<MetricFamily>& families);

 private:
  void begun(const store::Job& job);
  void ended(const store::Job& job, std::string_view outcome, std::chrono::nanoseconds duration);

  std::mutex mutex_;                                                            ///< guards the rest
  std::map<std::string, JobDurationCounts> waits_;                              ///< by kind
  std::map<std::pair<std::string, std::string>, JobDurationCounts> durations_;  ///< and outcome
};

}  // namespace mlserve::server
