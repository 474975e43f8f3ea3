#pragma once

#include <vector>

#include "server/metric_family.hpp"

namespace mlserve::server {

/// Appends what the system says of this process, under the names that all of Prometheus' libraries
/// use, and which build of mlserve it is. What cannot be read is left out. On any thread.
void collect_process(std::vector<MetricFamily>& families);

}  // namespace mlserve::server
