#include "server/exposition.hpp"

#include <string>
#include <vector>

#include "support/catch_shim.hpp"

using namespace mlserve::server;

namespace {

const std::string kHostile = "a \"b\" \\ c\nd é";

std::vector<MetricFamily> families() {
  HistogramValue histogram;
  histogram.buckets = {{0.005, 1}, {1, 3}};
  histogram.count = 4;
  histogram.sum = 7.25;
  return {{"eaten_apples", MetricKind::counter, "Apples.", {{{{"kind", kHostile}}, 3}}},
          {"tree_height_meters", MetricKind::gauge, "Height.", {{{}, -0.5}}},
          {"nothing", MetricKind::gauge, "Not there.", {}},
          {"garden", MetricKind::info, "Which one.", {{{{"name", "g"}}, 1}}},
          {"wait_seconds", MetricKind::histogram, "Wait.", {{{{"gate", "1"}}, 0, histogram}}}};
}

}  // namespace

TEST_CASE("Metrics are written in the text format of Prometheus", "[server]") {
  CHECK(expose(families(), Exposition::prometheus) ==
        "# HELP eaten_apples_total Apples.\n"
        "# TYPE eaten_apples_total counter\n"
        "eaten_apples_total{kind=\"a \\\"b\\\" \\\\ c\\nd é\"} 3\n"
        "# HELP tree_height_meters Height.\n"
        "# TYPE tree_height_meters gauge\n"
        "tree_height_meters -0.5\n"
        "# HELP garden_info Which one.\n"
        "# TYPE garden_info gauge\n"
        "garden_info{name=\"g\"} 1\n"
        "# HELP wait_seconds Wait.\n"
        "# TYPE wait_seconds histogram\n"
        "wait_seconds_count{gate=\"1\"} 4\n"
        "wait_seconds_sum{gate=\"1\"} 7.25\n"
        "wait_seconds_bucket{gate=\"1\",le=\"0.005\"} 1\n"
        "wait_seconds_bucket{gate=\"1\",le=\"1\"} 3\n"
        "wait_seconds_bucket{gate=\"1\",le=\"+Inf\"} 4\n");
}

TEST_CASE("OpenMetrics names families without the suffix of their samples", "[server]") {
  CHECK(expose(families(), Exposition::open_metrics) ==
        "# TYPE eaten_apples counter\n"
        "# HELP eaten_apples Apples.\n"
        "eaten_apples_total{kind=\"a \\\"b\\\" \\\\ c\\nd é\"} 3\n"
        "# TYPE tree_height_meters gauge\n"
        "# HELP tree_height_meters Height.\n"
        "tree_height_meters -0.5\n"
        "# TYPE garden info\n"
        "# HELP garden Which one.\n"
        "garden_info{name=\"g\"} 1\n"
        "# TYPE wait_seconds histogram\n"
        "# HELP wait_seconds Wait.\n"
        "wait_seconds_bucket{gate=\"1\",le=\"0.005\"} 1\n"
        "wait_seconds_bucket{gate=\"1\",le=\"1.0\"} 3\n"
        "wait_seconds_bucket{gate=\"1\",le=\"+Inf\"} 4\n"
        "wait_seconds_count{gate=\"1\"} 4\n"
        "wait_seconds_sum{gate=\"1\"} 7.25\n"
        "# EOF\n");
  CHECK(expose({}, Exposition::open_metrics) == "# EOF\n");
}

TEST_CASE("OpenMetrics is for those who prefer it", "[server]") {
  // What Prometheus 2.42 sends.
  CHECK(preferred_exposition("application/openmetrics-text;version=1.0.0,"
                             "application/openmetrics-text;version=0.0.1;q=0.75,"
                             "text/plain;version=0.0.4;q=0.5,*/*;q=0.1") ==
        Exposition::open_metrics);
  CHECK(preferred_exposition("application/openmetrics-text") == Exposition::open_metrics);
  CHECK(preferred_exposition("application/openmetrics-text;q=0.1, text/plain") ==
        Exposition::prometheus);
  CHECK(preferred_exposition("*/*") == Exposition::prometheus);
  CHECK(preferred_exposition("") == Exposition::prometheus);
  CHECK(preferred_exposition("text/html") == Exposition::prometheus);
}

TEST_CASE("A label's value is UTF-8, bounded, and another one for another text", "[server]") {
  CHECK(label_text(kHostile) == kHostile);
  const std::string invalid = label_text("a\xff");
  CHECK(invalid.starts_with("a\\xff#"));
  CHECK(invalid != label_text("a\\xff"));
  const std::string long_text(1000, 'x');
  CHECK(label_text(long_text).size() < 250);
  CHECK(label_text(long_text) != label_text(long_text + "x"));
  CHECK(label_text(std::string(200, 'x')) == std::string(200, 'x'));
}
