#include "metrics/ranking.hpp"

#include <cmath>
#include <limits>
#include <vector>

#include "support/catch_shim.hpp"

using mlserve::metrics::cut_points;
using mlserve::metrics::CutPoint;
using mlserve::metrics::pr_auc;
using mlserve::metrics::roc_auc;

namespace {

std::vector<CutPoint> points(const std::vector<double>& labels,
                             const std::vector<double>& probabilities,
                             const std::vector<double>& weights = {}) {
  return cut_points({labels, probabilities, 2, weights});
}

}  // namespace

TEST_CASE("Cut points go from the highest probability down and join equal ones", "[metrics]") {
  const std::vector<CutPoint> found = points({1, 0, 1, 0}, {0.3, 0.3, 0.9, 0.1}, {1, 2, 3, 4});
  REQUIRE(found.size() == 3);
  CHECK(found[0].score == 0.9);
  CHECK(found[0].true_positives == 3);
  CHECK(found[0].false_positives == 0);
  CHECK(found[1].score == 0.3);
  CHECK(found[1].true_positives == 4);
  CHECK(found[1].false_positives == 2);
  CHECK(found[2].true_positives == 4);
  CHECK(found[2].false_positives == 6);
}

TEST_CASE("Cut points of class 0 rank by the other probability", "[metrics]") {
  const std::vector<double> labels{1, 0};
  const std::vector<double> probabilities{0.75, 0.25};
  const std::vector<CutPoint> found = cut_points({labels, probabilities, 2, {}}, 0);
  CHECK(found.front().score == 0.75);
  CHECK(found.front().true_positives == 1);
}

TEST_CASE("ROC AUC is the share of pairs in the right order", "[metrics]") {
  CHECK(roc_auc(points({0, 0, 1, 1}, {0.1, 0.2, 0.3, 0.4})) == 1.0);
  CHECK(roc_auc(points({1, 1, 0, 0}, {0.1, 0.2, 0.3, 0.4})) == 0.0);
  CHECK(roc_auc(points({0, 1, 0, 1}, {0.1, 0.2, 0.3, 0.4})) == 0.75);
  CHECK(roc_auc(points({1, 0, 1, 0}, {0.5, 0.5, 0.5, 0.5})) == 0.5);
  CHECK(roc_auc(points({0, 1, 1}, {0.3, 0.3, 0.9})) == 0.75);
}

TEST_CASE("ROC AUC is not defined with one class alone", "[metrics]") {
  CHECK(std::isnan(roc_auc(points({1, 1}, {0.1, 0.2}))));
  CHECK(std::isnan(roc_auc(points({0, 0}, {0.1, 0.2}))));
  CHECK(std::isnan(roc_auc(points({0, 1}, {0.1, 0.2}, {1, 0}))));
  CHECK(std::isnan(roc_auc({})));
}

TEST_CASE("PR AUC is the mean precision over the steps of recall", "[metrics]") {
  CHECK(pr_auc(points({0, 0, 1, 1}, {0.1, 0.2, 0.3, 0.4})) == 1.0);
  CHECK(pr_auc(points({0, 1, 0, 1}, {0.1, 0.2, 0.3, 0.4})) == Approx((1.0 + 2.0 / 3) / 2));
  CHECK(pr_auc(points({1, 0, 0, 0}, {0.5, 0.5, 0.5, 0.5})) == 0.25);
  CHECK(pr_auc(points({1, 1}, {0.1, 0.2})) == 1);
  CHECK(std::isnan(pr_auc(points({0, 0}, {0.1, 0.2}))));
  CHECK(std::isnan(pr_auc({})));
}

TEST_CASE("Probabilities that are not numbers cannot be ranked", "[metrics]") {
  CHECK(points({0, 1}, {0.1, std::numeric_limits<double>::quiet_NaN()}).empty());
}
