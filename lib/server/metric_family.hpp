#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace mlserve::server {

/// Names and values. Values may hold whatever is UTF-8 (`label_text`).
using Labels = std::vector<std::pair<std::string, std::string>>;

/// A histogram as Prometheus takes it.
struct HistogramValue {
  std::vector<std::pair<double, std::uint64_t>> buckets;  ///< upper bound, all values up to there
  std::uint64_t count = 0;
  double sum = 0;
};

struct MetricSample {
  Labels labels;
  double value = 0;
  HistogramValue histogram = {};  ///< in the place of `value`, in a family of histograms
};

enum class MetricKind {
  counter,  ///< its samples are called NAME_total
  gauge,
  info,  ///< all is in the labels; its samples are called NAME_info and have the value 1
  histogram
};

/// A metric with its series: what /metrics shows of one thing that is measured.
struct MetricFamily {
  std::string name;  ///< without the suffix that the kind adds
  MetricKind kind = MetricKind::gauge;
  std::string help;  ///< one sentence of ours, without line breaks and backslashes
  std::vector<MetricSample> samples;
};

/// A family of one series without labels.
MetricFamily single_gauge(std::string name, std::string help, double value);
MetricFamily single_counter(std::string name, std::string help, double value);

/// `text` as a value of a label: itself; or, when it is not UTF-8 or longer than 200 bytes, a
/// readable form of its beginning, and digits of its hash, so that different texts stay different.
std::string label_text(std::string_view text);

}  // namespace mlserve::server
