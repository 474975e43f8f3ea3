#pragma once

#include <functional>
#include <vector>

#include "server/http.hpp"
#include "server/job_census.hpp"
#include "server/metric_family.hpp"

namespace mlserve::server {

/// GET /metrics: the families that `collect` appends, in the text format of Prometheus, or of
/// OpenMetrics for clients that prefer it. `collect` is called on several threads at once and does
/// not wait.
///
/// `census`, if it is not null, is asked before, for a second at most: a database that is away
/// keeps nobody from the other figures. Any key may read them, where keys are in use.
Route metrics_route(std::function<void(std::vector<MetricFamily>&)> collect, JobCensus* census);

}  // namespace mlserve::server
