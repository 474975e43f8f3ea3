#pragma once

#include <chrono>
#include <memory>
#include <vector>

#include "server/http.hpp"
#include "server/metric_family.hpp"
#include "server/served_model.hpp"

namespace mlserve::server {

/// Appends what `models` are, were asked and have answered. The stability of their features is that
/// of the rows of the last `window` (InputMonitor::figures). On any thread.
void collect_models(const std::vector<std::shared_ptr<const ServedModel>>& models, SteadyTime now,
                    std::chrono::nanoseconds window, std::vector<MetricFamily>& families);

}  // namespace mlserve::server
