#include "metrics/classification.hpp"

#include <cmath>
#include <cstddef>
#include <limits>
#include <string>
#include <vector>

#include "support/catch_shim.hpp"

#include "support/metrics_reference.hpp"

using mlserve::metrics::ClassificationMetrics;
using mlserve::metrics::ClassScores;
using mlserve::metrics::evaluate_classes;
using mlserve::testing::class_rows;
using mlserve::testing::ClassRows;
using mlserve::testing::expanded;
using mlserve::testing::matrix_of;
using mlserve::testing::metrics_reference;
using mlserve::testing::reference;

namespace {

// Both sides sum some hundred terms in double, in another order.
constexpr double kSumming = 1e-12;

constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();

Approx near(const nlohmann::json& expected) {
  return Approx(expected.get<double>()).epsilon(kSumming).margin(1e-15);
}

void check_by_class(const ClassificationMetrics& actual, const nlohmann::json& expected) {
  const nlohmann::json& by_class = expected.at("by_class");
  REQUIRE(actual.by_class.size() == by_class.at("f1").size());
  for (std::size_t k = 0; k < actual.by_class.size(); ++k) {
    CHECK(actual.by_class[k].precision == near(by_class.at("precision").at(k)));
    CHECK(actual.by_class[k].recall == near(by_class.at("recall").at(k)));
    CHECK(actual.by_class[k].f1 == near(by_class.at("f1").at(k)));
    CHECK(actual.by_class[k].support == by_class.at("support").at(k).get<double>());
  }
  CHECK(actual.macro.precision == near(expected.at("macro").at("precision")));
  CHECK(actual.macro.recall == near(expected.at("macro").at("recall")));
  CHECK(actual.macro.f1 == near(expected.at("macro").at("f1")));
}

void check_agrees(const ClassificationMetrics& actual, const nlohmann::json& expected) {
  CHECK(actual.rows == expected.at("rows").get<double>());
  CHECK(actual.confusion == matrix_of(expected.at("confusion")));
  CHECK(actual.accuracy == near(expected.at("accuracy")));
  CHECK(actual.balanced_accuracy == near(expected.at("balanced_accuracy")));
  CHECK(actual.log_loss == near(expected.at("log_loss")));
  CHECK(actual.deviance == near(expected.at("deviance")));
  CHECK(actual.brier_score == near(expected.at("brier_score")));
  CHECK(actual.mcc == near(expected.at("mcc")));
  if (expected.contains("roc_auc")) {
    CHECK(actual.roc_auc == near(expected.at("roc_auc")));
    CHECK(actual.pr_auc == near(expected.at("pr_auc")));
  }
  check_by_class(actual, expected);
}

ClassificationMetrics evaluated(const std::vector<double>& labels,
                                const std::vector<double>& probabilities, std::size_t classes = 2) {
  return evaluate_classes({labels, probabilities, classes, {}});
}

}  // namespace

TEST_CASE("Metrics agree with scikit-learn for two classes and for several", "[metrics]") {
  for (const char* name : {"breast_cancer", "iris", "wine"}) {
    const nlohmann::json& section = metrics_reference().at("classes").at(name);
    ClassRows rows = class_rows(section);
    INFO(name);
    check_agrees(evaluate_classes(rows.scores()), section.at("unweighted"));
    rows.weights = section.at("weights").get<std::vector<double>>();
    check_agrees(evaluate_classes(rows.scores()), section.at("weighted"));
  }
}

TEST_CASE("Metrics of made rows with many ties agree with scikit-learn", "[metrics]") {
  const nlohmann::json& section = reference().at("metrics");
  ClassRows rows = class_rows(section);
  rows.weights = section.at("weights").get<std::vector<double>>();
  const ClassificationMetrics actual = evaluate_classes(rows.scores());
  CHECK(actual.roc_auc == near(section.at("weighted").at("roc_auc")));
  CHECK(actual.log_loss == near(section.at("weighted").at("log_loss")));
  CHECK(actual.by_class[1].f1 == near(section.at("weighted").at("f1")));
}

TEST_CASE("A weight counts as that many equal rows", "[metrics]") {
  for (const char* name : {"breast_cancer", "wine"}) {
    const nlohmann::json& section = metrics_reference().at("classes").at(name);
    ClassRows grouped = class_rows(section);
    grouped.weights = section.at("weights").get<std::vector<double>>();
    const ClassRows single = expanded(grouped);
    const ClassificationMetrics a = evaluate_classes(grouped.scores());
    const ClassificationMetrics b = evaluate_classes(single.scores());
    CHECK(a.rows == static_cast<double>(single.labels.size()));
    CHECK(a.confusion == b.confusion);
    CHECK(a.mcc == b.mcc);
    CHECK(a.roc_auc == b.roc_auc);
    CHECK(a.pr_auc == Approx(b.pr_auc).epsilon(kSumming));
    CHECK(a.log_loss == Approx(b.log_loss).epsilon(kSumming));
    CHECK(a.brier_score == Approx(b.brier_score).epsilon(kSumming));
  }
}

TEST_CASE("A class without rows leaves the areas undefined and counts where it is predicted",
          "[metrics]") {
  const nlohmann::json& section = metrics_reference().at("classes").at("iris");
  ClassRows rows = class_rows(section);
  rows.labels.erase(rows.labels.begin(), rows.labels.begin() + 50);
  rows.probabilities.erase(rows.probabilities.begin(), rows.probabilities.begin() + 150);
  const ClassificationMetrics actual = evaluate_classes(rows.scores());
  check_agrees(actual, section.at("without_class_0"));
  CHECK(std::isnan(actual.roc_auc));
  CHECK(std::isnan(actual.pr_auc));
}

TEST_CASE("Perfect predictions have the loss of the clip and no other error", "[metrics]") {
  const nlohmann::json& section = metrics_reference().at("classes").at("perfect");
  const ClassRows rows = class_rows(section);
  const ClassificationMetrics actual = evaluate_classes(rows.scores());
  check_agrees(actual, section.at("metrics"));
  CHECK(actual.log_loss > 0);
  CHECK(actual.brier_score == 0);
}

TEST_CASE("A probability at the threshold predicts class 0", "[metrics]") {
  const std::vector<double> labels{1, 1, 0, 0};
  const std::vector<double> probabilities{0.5, 0.6, 0.5, 0.7};
  const ClassScores scores{labels, probabilities, 2, {}};
  CHECK(evaluate_classes(scores).confusion == Eigen::MatrixXd{{1, 1}, {1, 1}});
  CHECK(evaluate_classes(scores, 0.65).confusion == Eigen::MatrixXd{{1, 1}, {2, 0}});
}

TEST_CASE("Of equally probable classes the first is predicted", "[metrics]") {
  CHECK(evaluated({2}, {0.2, 0.4, 0.4}, 3).confusion(2, 1) == 1);
}

TEST_CASE("Two classes in three columns, the third empty, have the loss of two", "[metrics]") {
  const ClassificationMetrics two = evaluated({0, 1, 1}, {0.2, 0.7, 0.4});
  const ClassificationMetrics three =
      evaluated({0, 1, 1}, {0.8, 0.2, 0, 0.3, 0.7, 0, 0.6, 0.4, 0}, 3);
  CHECK(three.accuracy == two.accuracy);
  CHECK(three.macro.f1 == two.macro.f1);
  CHECK(three.log_loss == Approx(two.log_loss).epsilon(1e-14));
  CHECK(three.brier_score == Approx(2 * two.brier_score));
  CHECK(three.mcc == Approx(two.mcc));
}

TEST_CASE("Log loss stays finite for a wrong probability of 0 or 1", "[metrics]") {
  CHECK(evaluated({1, 0}, {0.0, 1.0}).log_loss == Approx(52 * std::log(2.0)));
  CHECK(evaluated({1, 0}, {1.0, 0.0}).log_loss == Approx(0.0).margin(1e-15));
}

TEST_CASE("A probability that is not a number leaves undefined what is made of it", "[metrics]") {
  const ClassificationMetrics actual = evaluated({0, 1, 1}, {0.2, kNaN, 0.7});
  CHECK(actual.accuracy == Approx(2.0 / 3));
  CHECK(std::isnan(actual.roc_auc));
  CHECK(std::isnan(actual.pr_auc));
  CHECK(std::isnan(actual.log_loss));
  CHECK(std::isnan(actual.brier_score));
}

TEST_CASE("A row of weight 0 is not there", "[metrics]") {
  const std::vector<double> labels{0, 1, 1};
  const std::vector<double> probabilities{0.2, kNaN, 0.7};
  const std::vector<double> weights{1, 0, 1};
  const ClassificationMetrics actual = evaluate_classes({labels, probabilities, 2, weights});
  CHECK(actual.rows == 2);
  CHECK(actual.roc_auc == 1);
  CHECK(actual.brier_score == Approx((0.04 + 0.09) / 2));
}

TEST_CASE("One row has an accuracy and a loss but no areas", "[metrics]") {
  const ClassificationMetrics actual = evaluated({1}, {0.75});
  CHECK(actual.accuracy == 1);
  CHECK(actual.balanced_accuracy == 1);
  CHECK(actual.log_loss == Approx(-std::log(0.75)));
  CHECK(actual.mcc == 0);
  CHECK(actual.by_class[0].f1 == 0);
  CHECK(std::isnan(actual.roc_auc));
}

TEST_CASE("The correlation of rows of one class is 0, also for weights that round", "[metrics]") {
  const std::vector<double> labels{0, 0, 0};
  const std::vector<double> probabilities{0.2, 0.6, 0.7};
  const std::vector<double> weights{0.1, 0.7, 0.3};
  CHECK(evaluate_classes({labels, probabilities, 2, weights}).mcc == 0);
}

TEST_CASE("Ratios without any row are 0 as in scikit-learn and means are NaN", "[metrics]") {
  const ClassificationMetrics nothing = evaluate_classes({});
  CHECK(nothing.rows == 0);
  CHECK(nothing.by_class[1].precision == 0);
  CHECK(nothing.by_class[1].recall == 0);
  CHECK(nothing.by_class[1].f1 == 0);
  CHECK(std::isnan(nothing.accuracy));
  CHECK(std::isnan(nothing.balanced_accuracy));
  CHECK(std::isnan(nothing.roc_auc));
  CHECK(std::isnan(nothing.log_loss));
  CHECK(std::isnan(nothing.brier_score));
}
