#pragma once

#include <cstddef>
#include <functional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "server/bucket_counts.hpp"
#include "server/hooks.hpp"
#include "server/metric_family.hpp"
#include "server/shards.hpp"

namespace mlserve::server {

/// Counts answered requests by route, model and status, with their durations and rows. All calls
/// may run on several threads at once.
class RequestCounts {
 public:
  /// Costs some hundred instructions and no allocation, but for the first of a series.
  void add(const RequestReport& report);

  /// Forgets the series of models for which `is_served` is false, so that versions that come and go
  /// do not pile up.
  void forget(
      const std::function<bool(std::string_view model, std::string_view version)>& is_served);

  /// Appends what is counted to `families`.
  void collect(std::vector<MetricFamily>& families);

 private:
  /// A series by what requests have in common.
  struct Key {
    const Route* route;
    int status;
    std::string model;
    std::string version;
  };
  /// The same of a request, looked at.
  struct KeyView {
    KeyView(const Key& key)  // NOLINT(google-explicit-constructor)
        : route(key.route), status(key.status), model(key.model), version(key.version) {}
    explicit KeyView(const RequestReport& report)
        : route(report.request.route),
          status(report.status),
          model(report.subject.model),
          version(report.subject.version) {}
    bool operator==(const KeyView&) const = default;

    const Route* route;
    int status;
    std::string_view model;
    std::string_view version;
  };
  struct Hash {
    using is_transparent = void;
    std::size_t operator()(const KeyView& key) const noexcept;
  };
  struct Equal {
    using is_transparent = void;
    bool operator()(const KeyView& a, const KeyView& b) const noexcept { return a == b; }
  };
  struct Series {
    std::string method;  ///< of the route
    std::string route;
    LatencyCounts duration;
    LatencyCounts predicting;  ///< of those that scored rows; so is the next
    RowCounts rows;

    void add(const Series& other);
  };
  using AllSeries = std::unordered_map<Key, Series, Hash, Equal>;

  static AllSeries::iterator find_or_add(AllSeries& all, const RequestReport& report);
  AllSeries total();

  Shards<AllSeries> shards_;
};

}  // namespace mlserve::server
