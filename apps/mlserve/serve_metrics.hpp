#pragma once

#include <vector>

#include "jobs/worker_options.hpp"
#include "mlserve/metrics_options.hpp"
#include "server/hooks.hpp"
#include "server/http.hpp"
#include "server/job_census.hpp"
#include "server/job_metrics.hpp"
#include "server/model_registry.hpp"
#include "server/request_limits.hpp"
#include "server/server_metrics.hpp"

namespace mlserve::app {

/// What `serve` counts beside its work, and GET /metrics, which shows it; nothing of both with
/// `--no-metrics`. Outlives the worker and the transport.
class ServeMetrics {
 public:
  /// Has the models of `models` counted that come from now on. Models and limits outlive it.
  ServeMetrics(const MetricsOptions& options, server::ModelRegistry& models,
               const server::RequestLimits& limits);

  /// For the worker inside.
  jobs::AttemptObserver attempt_observer();

  /// For the transport.
  server::Observer observer();

  /// Adds GET /metrics to `routes`. `census` outlives them.
  void show(server::JobCensus& census, std::vector<server::Route>& routes);

 private:
  bool none_;
  server::ServerMetrics server_;
  server::JobMetrics jobs_;
};

}  // namespace mlserve::app
