#include "mlserve/metrics_options.hpp"

#include "mlserve/duration_option.hpp"

namespace mlserve::app {

void add_metrics_options(CLI::App& app, MetricsOptions& options) {
  app.add_flag("--no-metrics", options.none, "Count nothing and have no GET /metrics");
  add_duration_option(app, "--drift-window", options.drift_window,
                      "How far back mlserve_feature_psi looks");
}

}  // namespace mlserve::app
