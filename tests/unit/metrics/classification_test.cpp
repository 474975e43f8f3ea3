#include "metrics/classification.hpp"

#include <cmath>
#include <cstddef>
#include <limits>
#include <string>
#include <vector>

#include "support/catch_shim.hpp"

#include "support/reference.hpp"

using mlserve::metrics::BinaryMetrics;
using mlserve::metrics::BinaryScores;
using mlserve::metrics::Confusion;
using mlserve::metrics::confusion;
using mlserve::metrics::evaluate;
using mlserve::testing::reference;

namespace {

// Both sides sum 50 terms in double, in another order.
constexpr double kSumming = 1e-13;

struct Rows {
  std::vector<unsigned char> labels;
  std::vector<double> probabilities;
  std::vector<double> weights;

  BinaryScores scores() const { return {labels, probabilities, weights}; }
};

Rows reference_rows() {
  const auto& section = reference().at("metrics");
  return {section.at("labels"), section.at("probabilities"), section.at("weights")};
}

/// Every row as often as its weight says.
Rows expanded(const Rows& grouped) {
  Rows rows;
  for (std::size_t i = 0; i < grouped.labels.size(); ++i) {
    const auto times = static_cast<std::size_t>(grouped.weights[i]);
    rows.labels.insert(rows.labels.end(), times, grouped.labels[i]);
    rows.probabilities.insert(rows.probabilities.end(), times, grouped.probabilities[i]);
  }
  return rows;
}

void check_agrees(const BinaryMetrics& actual, const nlohmann::json& expected) {
  const auto value = [&](const char* name) {
    return Approx(expected.at(name).get<double>()).epsilon(kSumming);
  };
  CHECK(actual.confusion.accuracy() == value("accuracy"));
  CHECK(actual.confusion.precision() == value("precision"));
  CHECK(actual.confusion.recall() == value("recall"));
  CHECK(actual.confusion.f1() == value("f1"));
  CHECK(actual.roc_auc == value("roc_auc"));
  CHECK(actual.log_loss == value("log_loss"));
  CHECK(actual.brier_score == value("brier"));
  const auto& counts = expected.at("confusion");
  CHECK(actual.confusion.true_negative == counts.at("true_negative").get<double>());
  CHECK(actual.confusion.false_positive == counts.at("false_positive").get<double>());
  CHECK(actual.confusion.false_negative == counts.at("false_negative").get<double>());
  CHECK(actual.confusion.true_positive == counts.at("true_positive").get<double>());
}

double auc(const std::vector<unsigned char>& labels, const std::vector<double>& probabilities) {
  return mlserve::metrics::roc_auc({labels, probabilities, {}});
}

}  // namespace

TEST_CASE("Metrics of single rows agree with scikit-learn", "[metrics]") {
  Rows rows = reference_rows();
  rows.weights.clear();
  check_agrees(evaluate(rows.scores()), reference().at("metrics").at("unweighted"));
}

TEST_CASE("Metrics of weighted rows agree with scikit-learn", "[metrics]") {
  check_agrees(evaluate(reference_rows().scores()), reference().at("metrics").at("weighted"));
}

TEST_CASE("A weight counts as that many equal rows", "[metrics]") {
  const Rows grouped = reference_rows();
  const Rows single = expanded(grouped);
  const BinaryMetrics a = evaluate(grouped.scores());
  const BinaryMetrics b = evaluate(single.scores());
  CHECK(a.rows == static_cast<double>(single.labels.size()));
  CHECK(a.rows == b.rows);
  CHECK(a.confusion.accuracy() == b.confusion.accuracy());
  CHECK(a.confusion.f1() == b.confusion.f1());
  CHECK(a.roc_auc == b.roc_auc);
  CHECK(a.log_loss == Approx(b.log_loss).epsilon(kSumming));
  CHECK(a.brier_score == Approx(b.brier_score).epsilon(kSumming));
}

TEST_CASE("A probability at the threshold predicts class 0", "[metrics]") {
  const std::vector<unsigned char> labels = {1, 1, 0, 0};
  const std::vector<double> probabilities = {0.5, 0.6, 0.5, 0.7};
  const Confusion at_half = confusion({labels, probabilities, {}});
  CHECK(at_half.false_negative == 1);
  CHECK(at_half.true_positive == 1);
  CHECK(at_half.true_negative == 1);
  CHECK(at_half.false_positive == 1);
  CHECK(confusion({labels, probabilities, {}}, 0.65).true_positive == 0);
}

TEST_CASE("ROC AUC is the share of pairs in the right order", "[metrics]") {
  CHECK(auc({0, 0, 1, 1}, {0.1, 0.2, 0.3, 0.4}) == 1.0);
  CHECK(auc({1, 1, 0, 0}, {0.1, 0.2, 0.3, 0.4}) == 0.0);
  CHECK(auc({0, 1, 0, 1}, {0.1, 0.2, 0.3, 0.4}) == 0.75);
  CHECK(auc({1, 0, 1, 0}, {0.5, 0.5, 0.5, 0.5}) == 0.5);
  CHECK(auc({0, 1, 1}, {0.3, 0.3, 0.9}) == 0.75);
}

TEST_CASE("ROC AUC is not defined with one class alone", "[metrics]") {
  CHECK(std::isnan(auc({1, 1}, {0.1, 0.2})));
  CHECK(std::isnan(auc({0, 0}, {0.1, 0.2})));
  CHECK(std::isnan(auc({}, {})));
  const std::vector<unsigned char> labels = {0, 1};
  const std::vector<double> probabilities = {0.1, 0.2};
  const std::vector<double> weights = {1, 0};
  CHECK(std::isnan(mlserve::metrics::roc_auc({labels, probabilities, weights})));
}

TEST_CASE("Log loss stays finite for a wrong probability of 0 or 1", "[metrics]") {
  const std::vector<unsigned char> labels = {1, 0};
  const std::vector<double> wrong = {0.0, 1.0};
  CHECK(mlserve::metrics::log_loss({labels, wrong, {}}) == Approx(52 * std::log(2.0)));
  const std::vector<double> right = {1.0, 0.0};
  CHECK(mlserve::metrics::log_loss({labels, right, {}}) == Approx(0.0).margin(1e-15));
}

TEST_CASE("The AUC of probabilities that are not numbers is none", "[metrics]") {
  const std::vector<unsigned char> labels{0, 1, 1};
  const std::vector<double> probabilities{0.2, std::numeric_limits<double>::quiet_NaN(), 0.7};
  CHECK(std::isnan(mlserve::metrics::roc_auc({labels, probabilities, {}})));
}

TEST_CASE("Ratios without any row are 0 as in scikit-learn and means are NaN", "[metrics]") {
  const BinaryMetrics nothing = evaluate({});
  CHECK(nothing.rows == 0);
  CHECK(std::isnan(nothing.confusion.accuracy()));
  CHECK(nothing.confusion.precision() == 0);
  CHECK(nothing.confusion.recall() == 0);
  CHECK(nothing.confusion.f1() == 0);
  CHECK(std::isnan(nothing.log_loss));
  CHECK(std::isnan(nothing.brier_score));
}
