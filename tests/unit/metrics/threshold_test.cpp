#include "metrics/threshold.hpp"

#include <cmath>
#include <limits>
#include <vector>

#include "support/catch_shim.hpp"

#include "support/errors.hpp"
#include "support/metrics_reference.hpp"

using mlserve::ErrorKind;
using mlserve::metrics::best_threshold;
using mlserve::metrics::ThresholdRule;
using mlserve::testing::class_rows;
using mlserve::testing::ClassRows;
using mlserve::testing::error_kind_of;
using mlserve::testing::metrics_reference;

namespace {

double best(const std::vector<double>& labels, const std::vector<double>& probabilities,
            ThresholdRule rule) {
  return best_threshold({labels, probabilities, 2, {}}, rule);
}

}  // namespace

TEST_CASE("The best thresholds are those of scikit-learn's scores", "[metrics]") {
  const nlohmann::json& section = metrics_reference().at("classes").at("breast_cancer");
  ClassRows rows = class_rows(section);
  const auto check = [&](const nlohmann::json& expected) {
    CHECK(best_threshold(rows.scores(), ThresholdRule::f1) ==
          Approx(expected.at("f1").get<double>()).epsilon(1e-14));
    CHECK(best_threshold(rows.scores(), ThresholdRule::youden) ==
          Approx(expected.at("youden").get<double>()).epsilon(1e-14));
  };
  check(section.at("thresholds"));
  rows.weights = section.at("weights").get<std::vector<double>>();
  check(section.at("weighted_thresholds"));
}

TEST_CASE("A threshold lies halfway between the classes that it parts", "[metrics]") {
  CHECK(best({0, 0, 1, 1}, {0.25, 0.5, 0.75, 1.0}, ThresholdRule::f1) == 0.625);
  CHECK(best({0, 0, 1, 1}, {0.25, 0.5, 0.75, 1.0}, ThresholdRule::youden) == 0.625);
}

TEST_CASE("Of equally good thresholds the lowest is taken", "[metrics]") {
  // J is 1/2 after the first and after the third row.
  CHECK(best({1, 0, 1, 0}, {0.8, 0.6, 0.4, 0.2}, ThresholdRule::youden) == Approx(0.3));
  // Probabilities that say nothing: all rows for class 1, or none.
  CHECK(best({1, 0}, {0.5, 0.5}, ThresholdRule::youden) == 0.25);
  CHECK(best({1, 0}, {0.5, 0.5}, ThresholdRule::f1) == 0.25);
}

TEST_CASE("A threshold is never negative", "[metrics]") {
  const double threshold = best({1, 1, 1, 0}, {0.0, 0.0, 0.0, 0.0}, ThresholdRule::f1);
  CHECK(threshold == 0.5);
  CHECK(best({1, 0}, {0.0, 1.0}, ThresholdRule::youden) == 1.0);
}

TEST_CASE("A threshold parts neighbouring doubles", "[metrics]") {
  const double low = 0.7;
  const double high = std::nextafter(low, 1.0);
  const double threshold = best({0, 1}, {low, high}, ThresholdRule::f1);
  CHECK(low <= threshold);
  CHECK(threshold < high);
}

TEST_CASE("A threshold cannot be chosen without both classes or for several", "[metrics]") {
  const double nan = std::numeric_limits<double>::quiet_NaN();
  const auto kind = [](const std::vector<double>& labels, const std::vector<double>& p) {
    return error_kind_of([&] { best(labels, p, ThresholdRule::f1); });
  };
  CHECK(kind({1, 1}, {0.2, 0.3}) == ErrorKind::invalid_data);
  CHECK(kind({0}, {0.2}) == ErrorKind::invalid_data);
  CHECK(kind({0, 1}, {0.2, nan}) == ErrorKind::invalid_data);
  CHECK(error_kind_of([] {
          best_threshold({{}, {}, 3, {}}, ThresholdRule::f1);
        }) == ErrorKind::invalid_argument);
}
