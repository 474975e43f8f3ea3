#include "mlserve/serve_metrics.hpp"

#include <chrono>
#include <utility>

#include "server/metrics_route.hpp"
#include "server/process_metrics.hpp"

namespace mlserve::app {
namespace {

using Handle = server::ModelRegistry::Handle;

/// Every version of every model.
std::vector<Handle> all_versions(const server::ModelRegistry& models) {
  std::vector<Handle> all;
  for (const Handle& serving : models.all()) {
    for (Handle& version : models.versions(serving->name())) all.push_back(std::move(version));
  }
  return all;
}

}  // namespace

ServeMetrics::ServeMetrics(const MetricsOptions& options, server::ModelRegistry& models,
                           const server::RequestLimits& limits)
    : none_(options.none),
      server_({[&models] { return all_versions(models); },
               [&models] { return models.load_failures(); },
               [&limits] { return limits.in_flight(); }, options.drift_window}) {
  if (none_) models.set_monitoring(server::Monitoring::off);
}

jobs::AttemptObserver ServeMetrics::attempt_observer() {
  return none_ ? jobs::AttemptObserver() : jobs_.observer();
}

server::Observer ServeMetrics::observer() {
  if (none_) return {};
  return [this](const server::RequestReport& report) { server_.observe(report); };
}

void ServeMetrics::show(server::JobCensus& census, std::vector<server::Route>& routes) {
  if (none_) return;
  const auto collect = [this, &census](std::vector<server::MetricFamily>& families) {
    const auto now = std::chrono::steady_clock::now();
    server_.collect(now, families);
    jobs_.collect(families);
    census.collect(now, families);
    server::collect_process(families);
  };
  routes.push_back(server::metrics_route(collect, &census));
}

}  // namespace mlserve::app
