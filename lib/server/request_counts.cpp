#include "server/request_counts.hpp"

#include <algorithm>
#include <initializer_list>
#include <map>
#include <utility>

namespace mlserve::server {
namespace {

/// Of a request that found no route.
constexpr std::string_view kNoRoute = "none";

/// What other servers call the client that did not wait.
constexpr int kClientWentAway = 499;

/// Without what is not known.
Labels labels_of(std::initializer_list<std::pair<std::string, std::string>> all) {
  Labels labels;
  for (const auto& [name, value] : all) {
    if (!value.empty()) labels.emplace_back(name, label_text(value));
  }
  return labels;
}

/// The sums of histograms by what labels they have.
template <class Counts>
using Sums = std::map<Labels, Counts>;

template <class Counts>
MetricFamily histograms(std::string name, std::string help, const Sums<Counts>& sums) {
  MetricFamily family{std::move(name), MetricKind::histogram, std::move(help), {}};
  for (const auto& [labels, counts] : sums) family.samples.push_back({labels, 0, counts.value()});
  return family;
}

MetricFamily row_counter(const Sums<RowCounts>& sums) {
  MetricFamily family{
      "mlserve_rows", MetricKind::counter, "Rows that were scored for requests.", {}};
  for (const auto& [labels, counts] : sums) {
    family.samples.push_back({labels, static_cast<double>(counts.sum())});
  }
  return family;
}

}  // namespace

// Few versions of a model serve at a time: they may meet.
std::size_t RequestCounts::Hash::operator()(const KeyView& key) const noexcept {
  constexpr std::size_t kSpread = 0x9E3779B97F4A7C15;
  const auto route = std::hash<const void*>()(key.route);
  const auto status = static_cast<std::size_t>(key.status);
  return ((route + status) * kSpread) ^ std::hash<std::string_view>()(key.model);
}

void RequestCounts::Series::add(const Series& other) {
  duration.add(other.duration);
  predicting.add(other.predicting);
  rows.add(other.rows);
}

RequestCounts::AllSeries::iterator RequestCounts::find_or_add(AllSeries& all,
                                                              const RequestReport& report) {
  const auto found = all.find(KeyView(report));
  if (found != all.end()) return found;
  const Route* route = report.request.route;
  Key key{route, report.status, report.subject.model, report.subject.version};
  Series series;
  if (route != nullptr) series.method = route->method;
  series.route = route != nullptr ? route->pattern : kNoRoute;
  return all.emplace(std::move(key), std::move(series)).first;
}

void RequestCounts::add(const RequestReport& report) {
  shards_.write([&](AllSeries& all) {
    Series& series = find_or_add(all, report)->second;
    series.duration.add(report.duration);
    if (report.subject.rows == 0) return;
    series.predicting.add(report.subject.duration);
    series.rows.add(report.subject.rows);
  });
}

void RequestCounts::forget(
    const std::function<bool(std::string_view model, std::string_view version)>& is_served) {
  shards_.each([&](AllSeries& all) {
    std::erase_if(all, [&](const auto& entry) {
      const Key& key = entry.first;
      return !key.model.empty() && !is_served(key.model, key.version);
    });
  });
}

RequestCounts::AllSeries RequestCounts::total() {
  AllSeries total;
  shards_.each([&](const AllSeries& all) {
    for (const auto& [key, series] : all) {
      const auto [entry, is_new] = total.emplace(key, series);
      if (!is_new) entry->second.add(series);
    }
  });
  return total;
}

void RequestCounts::collect(std::vector<MetricFamily>& families) {
  MetricFamily requests{"mlserve_requests",
                        MetricKind::counter,
                        "Answered requests; code 499: the client went away before its answer.",
                        {}};
  Sums<LatencyCounts> durations;
  Sums<LatencyCounts> predicting;
  Sums<RowCounts> rows;
  for (const auto& [key, series] : total()) {
    const std::string code = std::to_string(key.status == 0 ? kClientWentAway : key.status);
    requests.samples.push_back({labels_of({{"method", series.method},
                                           {"route", series.route},
                                           {"model", key.model},
                                           {"version", key.version},
                                           {"code", code}}),
                                static_cast<double>(series.duration.count())});
    durations[labels_of({{"method", series.method}, {"route", series.route}})].add(series.duration);
    if (series.rows.count() == 0) continue;
    const Labels model = labels_of({{"model", key.model}, {"version", key.version}});
    predicting[model].add(series.predicting);
    rows[model].add(series.rows);
  }
  std::ranges::sort(requests.samples, {}, &MetricSample::labels);
  families.push_back(std::move(requests));
  families.push_back(histograms("mlserve_request_duration_seconds",
                                "Time from the first byte of a request to its answer.", durations));
  families.push_back(histograms("mlserve_predict_duration_seconds",
                                "Time to parse, score and write the rows of a request.",
                                predicting));
  families.push_back(histograms("mlserve_batch_rows", "Rows of one request to predict.", rows));
  families.push_back(row_counter(rows));
}

}  // namespace mlserve::server
