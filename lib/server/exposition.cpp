#include "server/exposition.hpp"

#include <limits>
#include <prometheus/text_serializer.h>

#include "core/number.hpp"
#include "server/media_type.hpp"

namespace mlserve::server {
namespace {

constexpr std::string_view kPrometheusType = "text/plain; version=0.0.4; charset=utf-8";
constexpr std::string_view kOpenMetricsType =
    "application/openmetrics-text; version=1.0.0; charset=utf-8";

std::string_view suffix(MetricKind kind) {
  switch (kind) {
    case MetricKind::counter:
      return "_total";
    case MetricKind::info:
      return "_info";
    case MetricKind::gauge:
    case MetricKind::histogram:
      break;
  }
  return "";
}

// ---- Prometheus' own format, by prometheus-cpp

prometheus::MetricType prometheus_type(MetricKind kind) {
  switch (kind) {
    case MetricKind::counter:
      return prometheus::MetricType::Counter;
    case MetricKind::histogram:
      return prometheus::MetricType::Histogram;
    case MetricKind::gauge:
    case MetricKind::info:
      break;
  }
  return prometheus::MetricType::Gauge;
}

prometheus::ClientMetric::Histogram prometheus_histogram(const HistogramValue& value) {
  prometheus::ClientMetric::Histogram histogram;
  histogram.sample_count = value.count;
  histogram.sample_sum = value.sum;
  for (const auto& [bound, count] : value.buckets) histogram.bucket.push_back({count, bound});
  histogram.bucket.push_back({value.count, std::numeric_limits<double>::infinity()});
  return histogram;
}

prometheus::ClientMetric prometheus_metric(const MetricSample& sample, MetricKind kind) {
  prometheus::ClientMetric metric;
  for (const auto& [name, value] : sample.labels) metric.label.push_back({name, value});
  if (kind == MetricKind::histogram) {
    metric.histogram = prometheus_histogram(sample.histogram);
  } else if (kind == MetricKind::counter) {
    metric.counter.value = sample.value;
  } else {
    metric.gauge.value = sample.value;
  }
  return metric;
}

prometheus::MetricFamily prometheus_family(const MetricFamily& family) {
  prometheus::MetricFamily made;
  made.name = family.name;
  made.name += suffix(family.kind);
  made.help = family.help;
  made.type = prometheus_type(family.kind);
  for (const MetricSample& sample : family.samples) {
    made.metric.push_back(prometheus_metric(sample, family.kind));
  }
  return made;
}

std::string prometheus_text(const std::vector<MetricFamily>& families) {
  std::vector<prometheus::MetricFamily> made;
  for (const MetricFamily& family : families) {
    if (!family.samples.empty()) made.push_back(prometheus_family(family));
  }
  const prometheus::Serializer& serializer = prometheus::TextSerializer();
  return serializer.Serialize(made);
}

// ---- OpenMetrics 1.0, which prometheus-cpp does not know

std::string_view open_metrics_type(MetricKind kind) {
  switch (kind) {
    case MetricKind::counter:
      return "counter";
    case MetricKind::gauge:
      return "gauge";
    case MetricKind::info:
      return "info";
    case MetricKind::histogram:
      break;
  }
  return "histogram";
}

void append_label(std::string& out, std::string_view name, std::string_view value) {
  out += name;
  out += "=\"";
  for (const char c : value) {
    if (c == '\n') {
      out += "\\n";
    } else {
      if (c == '"' || c == '\\') out += '\\';
      out += c;
    }
  }
  out += "\",";
}

/// A line; `bound` is the label "le" of a bucket, or empty.
void append_sample(std::string& out, const std::string& name, std::string_view ending,
                   const Labels& labels, const std::string& bound, double value) {
  out += name;
  out += ending;
  if (!labels.empty() || !bound.empty()) {
    out += '{';
    for (const auto& [label, text] : labels) append_label(out, label, text);
    if (!bound.empty()) append_label(out, "le", bound);
    out.back() = '}';  // for the last comma
  }
  out += ' ';
  append_double(out, value);
  out += '\n';
}

/// With a point, which OpenMetrics wants in bounds of buckets: "1.0".
std::string bound_text(double bound) {
  std::string text = format_double(bound);
  if (text.find_first_of(".e") == std::string::npos) text += ".0";
  return text;
}

void append_histogram(std::string& out, const std::string& name, const MetricSample& sample) {
  const HistogramValue& value = sample.histogram;
  for (const auto& [bound, count] : value.buckets) {
    append_sample(out, name, "_bucket", sample.labels, bound_text(bound),
                  static_cast<double>(count));
  }
  const auto count = static_cast<double>(value.count);
  append_sample(out, name, "_bucket", sample.labels, "+Inf", count);
  append_sample(out, name, "_count", sample.labels, "", count);
  append_sample(out, name, "_sum", sample.labels, "", value.sum);
}

void append_family(std::string& out, const MetricFamily& family) {
  out += "# TYPE " + family.name + " ";
  out += open_metrics_type(family.kind);
  out += "\n# HELP " + family.name + " " + family.help + "\n";
  for (const MetricSample& sample : family.samples) {
    if (family.kind == MetricKind::histogram) {
      append_histogram(out, family.name, sample);
    } else {
      append_sample(out, family.name, suffix(family.kind), sample.labels, "", sample.value);
    }
  }
}

std::string open_metrics_text(const std::vector<MetricFamily>& families) {
  std::string out;
  for (const MetricFamily& family : families) {
    if (!family.samples.empty()) append_family(out, family);
  }
  return out + "# EOF\n";
}

}  // namespace

Exposition preferred_exposition(std::string_view accept) {
  const double open_metrics = accepted_quality(accept, "application/openmetrics-text");
  return open_metrics > accepted_quality(accept, "text/plain") ? Exposition::open_metrics
                                                               : Exposition::prometheus;
}

std::string_view content_type(Exposition exposition) {
  return exposition == Exposition::prometheus ? kPrometheusType : kOpenMetricsType;
}

std::string expose(const std::vector<MetricFamily>& families, Exposition exposition) {
  return exposition == Exposition::prometheus ? prometheus_text(families)
                                              : open_metrics_text(families);
}

}  // namespace mlserve::server
