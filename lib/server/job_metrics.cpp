#include "server/job_metrics.hpp"

#include <chrono>

namespace mlserve::server {

jobs::AttemptObserver JobMetrics::observer() {
  jobs::AttemptObserver observer;
  observer.begun = [this](const store::Job& job) { begun(job); };
  observer.ended = [this](const store::Job& job, std::string_view outcome,
                          std::chrono::nanoseconds duration) { ended(job, outcome, duration); };
  return observer;
}

// A job that was tried before has not waited since its creation.
void JobMetrics::begun(const store::Job& job) {
  if (job.attempts != 1 || !job.started_at) return;
  const std::lock_guard lock(mutex_);
  waits_[job.kind].add(*job.started_at - job.created_at);
}

void JobMetrics::ended(const store::Job& job, std::string_view outcome,
                       std::chrono::nanoseconds duration) {
  const std::lock_guard lock(mutex_);
  durations_[{job.kind, std::string(outcome)}].add(duration);
}

void JobMetrics::collect(std::vector<MetricFamily>& families) {
  MetricFamily waits{"mlserve_queue_wait_seconds",
                     MetricKind::histogram,
                     "Time that a job was queued before a worker of this process took it.",
                     {}};
  MetricFamily durations{"mlserve_job_duration_seconds",
                         MetricKind::histogram,
                         "Time that an attempt at a job took in this process, by how it ended.",
                         {}};
  const std::lock_guard lock(mutex_);
  for (const auto& [kind, counts] : waits_) {
    waits.samples.push_back({{{"kind", label_text(kind)}}, 0, counts.value()});
  }
  for (const auto& [key, counts] : durations_) {
    durations.samples.push_back(
        {{{"kind", label_text(key.first)}, {"outcome", key.second}}, 0, counts.value()});
  }
  families.push_back(std::move(waits));
  families.push_back(std::move(durations));
}

}  // namespace mlserve::server
