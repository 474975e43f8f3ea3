#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <vector>

#include "server/hooks.hpp"
#include "server/http.hpp"
#include "server/metric_family.hpp"
#include "server/request_counts.hpp"
#include "server/served_model.hpp"

namespace mlserve::server {

/// Where a server's metrics ask what others know. Called on several threads at once.
struct MetricSources {
  /// All models that may answer, each version once.
  std::function<std::vector<std::shared_ptr<const ServedModel>>()> models;
  std::function<std::uint64_t()> load_failures;  ///< of models, since the start
  std::function<std::size_t()> in_flight;        ///< requests
  /// Of what is said of drift: the rows of so long ago until now.
  std::chrono::nanoseconds drift_window = std::chrono::hours(1);
};

/// The figures of a server: requests, models, what models were asked. Those of its jobs and of the
/// process are beside it (JobMetrics, JobCensus, collect_process). All calls may run on several
/// threads at once.
class ServerMetrics {
 public:
  explicit ServerMetrics(MetricSources sources) : sources_(std::move(sources)) {}

  /// The transport's Observer.
  void observe(const RequestReport& report) { requests_.add(report); }

  /// Appends all of it. Series of models that are not served any more go away.
  void collect(SteadyTime now, std::vector<MetricFamily>& families);

 private:
  MetricSources sources_;
  RequestCounts requests_;
};

}  // namespace mlserve::server
