#pragma once

#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <tuple>
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
  /// A series by what requests have in common; its labels are known when it is made.
  struct Key {
    const Route* route;
    int status;
    std::string model;
    std::string version;
  };
  struct Less {
    using is_transparent = void;
    static auto tie(const Key& key) {
      return std::tuple<const Route*, int, std::string_view, std::string_view>(
          key.route, key.status, key.model, key.version);
    }
    static auto tie(const RequestReport& report) {
      return std::tuple<const Route*, int, std::string_view, std::string_view>(
          report.request.route, report.status, report.subject.model, report.subject.version);
    }
    template <class A, class B>
    bool operator()(const A& a, const B& b) const {
      return tie(a) < tie(b);
    }
  };
  struct Series {
    std::string method;
    std::string route;
    LatencyCounts duration;
    LatencyCounts predicting;  ///< of those that scored rows; so is the next
    RowCounts rows;

    void add(const Series& other);
  };
  using AllSeries = std::map<Key, Series, Less>;

  static AllSeries::iterator find_or_add(AllSeries& all, const RequestReport& report);
  AllSeries total();

  Shards<AllSeries> shards_;
};

}  // namespace mlserve::server
