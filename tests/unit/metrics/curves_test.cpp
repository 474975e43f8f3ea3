#include "metrics/curves.hpp"

#include <cmath>
#include <cstddef>
#include <limits>
#include <string>
#include <vector>

#include "support/catch_shim.hpp"

#include "support/metrics_reference.hpp"

using mlserve::metrics::CurvePoint;
using mlserve::metrics::cut_points;
using mlserve::metrics::CutPoint;
using mlserve::metrics::precision_recall_curve;
using mlserve::metrics::roc_curve;
using mlserve::metrics::thinned;
using mlserve::testing::class_rows;
using mlserve::testing::metrics_reference;

namespace {

constexpr double kInfinity = std::numeric_limits<double>::infinity();

/// `skip` points at the start of the curve have no threshold in `expected`.
void check_agrees(const std::vector<CurvePoint>& curve, const nlohmann::json& expected,
                  std::size_t skip) {
  REQUIRE(curve.size() == expected.at("x").size());
  for (std::size_t i = 0; i < curve.size(); ++i) {
    CHECK(curve[i].x == Approx(expected.at("x").at(i).get<double>()).epsilon(1e-13));
    CHECK(curve[i].y == Approx(expected.at("y").at(i).get<double>()).epsilon(1e-13));
  }
  const nlohmann::json& thresholds = expected.at("thresholds");
  for (std::size_t i = 0; i < thresholds.size(); ++i) {
    CHECK(curve[i + skip].threshold == thresholds.at(i).get<double>());
  }
}

void check_curves(const std::vector<CutPoint>& points, const nlohmann::json& expected) {
  const std::vector<CurvePoint> roc = roc_curve(points);
  check_agrees(roc, expected.at("roc"), 1);
  CHECK(roc.front().threshold == kInfinity);
  const std::vector<CurvePoint> precision_recall = precision_recall_curve(points);
  check_agrees(precision_recall, expected.at("precision_recall"), 0);
  CHECK(precision_recall.back().threshold == kInfinity);
}

}  // namespace

TEST_CASE("Curves agree with scikit-learn", "[metrics]") {
  const nlohmann::json& sections = metrics_reference().at("classes");
  const auto cancer = class_rows(sections.at("breast_cancer"));
  check_curves(cut_points(cancer.scores()), sections.at("breast_cancer").at("curves"));
  const auto iris = class_rows(sections.at("iris"));
  check_curves(cut_points(iris.scores(), 1), sections.at("iris").at("curves_of_class_1"));
}

TEST_CASE("Points in the middle of a straight line are left out of the ROC curve", "[metrics]") {
  const std::vector<CutPoint> line{{0.9, 1, 0}, {0.8, 2, 0}, {0.7, 3, 0}, {0.6, 3, 1}, {0.5, 3, 2}};
  const std::vector<CurvePoint> curve = roc_curve(line);
  REQUIRE(curve.size() == 4);
  CHECK(curve[1].threshold == 0.9);
  CHECK(curve[2].threshold == 0.7);
  CHECK(curve[3].threshold == 0.5);
}

TEST_CASE("Rates without rows are NaN, recall is 1", "[metrics]") {
  const std::vector<CutPoint> negatives{{0.9, 0, 1}, {0.8, 0, 2}};
  CHECK(std::isnan(roc_curve(negatives).back().y));
  CHECK(roc_curve(negatives).back().x == 1);
  CHECK(precision_recall_curve(negatives).front().x == 1);
  CHECK(precision_recall_curve(negatives).front().y == 0);
  CHECK(roc_curve({}).empty());
  CHECK(precision_recall_curve({}).empty());
}

TEST_CASE("A thinned curve keeps its ends and steps evenly along the way", "[metrics]") {
  // Straight up in 1000 points and then to the right in 10.
  std::vector<CurvePoint> curve;
  for (int i = 0; i <= 1000; ++i) curve.push_back({0, i / 1000.0, 0.5});
  for (int i = 1; i <= 10; ++i) curve.push_back({i / 10.0, 1, 0.25});
  const std::vector<CurvePoint> few = thinned(curve, 21);
  CHECK(few.size() <= 21);
  CHECK(few.front().y == 0);
  CHECK(few.back().x == 1);
  double longest = 0;
  for (std::size_t i = 1; i < few.size(); ++i) {
    longest = std::max(longest, few[i].x - few[i - 1].x + few[i].y - few[i - 1].y);
  }
  CHECK(longest < 0.21);
  CHECK(thinned(curve, 2).size() == 2);
  CHECK(thinned(curve, 2000).size() == curve.size());
}
