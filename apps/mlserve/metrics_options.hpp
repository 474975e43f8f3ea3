#pragma once

#include <chrono>

#include <CLI/CLI.hpp>

namespace mlserve::app {

struct MetricsOptions {
  bool none = false;                                  ///< no GET /metrics, and nothing is counted
  std::chrono::milliseconds drift_window{3'600'000};  ///< of mlserve_feature_psi
};

/// `--no-metrics` and `--drift-window`.
void add_metrics_options(CLI::App& app, MetricsOptions& options);

}  // namespace mlserve::app
