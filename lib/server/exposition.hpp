#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "server/metric_family.hpp"

namespace mlserve::server {

/// The text formats in which Prometheus reads metrics: its own, and its successor, which says more
/// of the kinds of metrics.
enum class Exposition { prometheus, open_metrics };

/// The one that a client prefers by its Accept header; Prometheus' own when it does not care.
Exposition preferred_exposition(std::string_view accept);

std::string_view content_type(Exposition exposition);

/// Families without samples are left out.
std::string expose(const std::vector<MetricFamily>& families, Exposition exposition);

}  // namespace mlserve::server
