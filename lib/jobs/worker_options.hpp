#pragma once

#include <chrono>
#include <functional>
#include <string>
#include <string_view>

#include "store/job.hpp"

namespace mlserve::jobs {

/// Told of the attempts of a worker, by the threads that make them. They may be empty, throw
/// nothing and outlive the worker.
struct AttemptObserver {
  std::function<void(const store::Job&)> begun = {};
  /// `outcome` is AttemptReport::status.
  std::function<void(const store::Job&, std::string_view outcome, std::chrono::nanoseconds)> ended =
      {};
};

struct WorkerOptions {
  unsigned concurrency = 1;  ///< jobs at a time
  unsigned threads = 1;      ///< that compute for one job
  /// A worker that is not heard of for so long has lost its job to others.
  std::chrono::milliseconds lease{30'000};
  int max_attempts = 3;                                  ///< then a job has failed
  std::chrono::milliseconds result_ttl{24 * 3'600'000};  ///< what ended is kept for so long
  std::chrono::milliseconds drain{20'000};               ///< `stop` lets running jobs go on
  std::string name;                                      ///< for people; empty: host:process
  bool low_priority = false;  ///< beside the threads of a server, which answer people
  AttemptObserver observer = {};
};

}  // namespace mlserve::jobs
