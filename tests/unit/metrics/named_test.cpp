#include "metrics/named.hpp"

#include <string>
#include <vector>

#include "support/catch_shim.hpp"

using namespace mlserve::metrics;
using Names = std::vector<std::string>;

namespace {

Names names(const NamedMetrics& list) {
  Names result;
  for (const auto& [name, value] : list) result.push_back(name);
  return result;
}

double value(const NamedMetrics& list, const std::string& wanted) {
  for (const auto& [name, number] : list) {
    if (name == wanted) return number;
  }
  FAIL("no metric is named " << wanted);
  return 0;
}

}  // namespace

TEST_CASE("Metrics of two classes are named with their counts", "[metrics]") {
  const std::vector<double> labels{0, 0, 1, 1, 1};
  const std::vector<double> probabilities{0.2, 0.7, 0.6, 0.8, 0.1};
  const NamedMetrics list = named(evaluate_classes({labels, probabilities, 2, {}}));
  CHECK(names(list) == Names{"accuracy", "balanced_accuracy", "precision", "recall", "f1",
                             "roc_auc", "pr_auc", "log_loss", "brier_score", "mcc", "deviance",
                             "rows", "true_negative", "false_positive", "false_negative",
                             "true_positive"});
  CHECK(value(list, "precision") == Approx(2.0 / 3));
  CHECK(value(list, "true_negative") == 1);
  CHECK(value(list, "false_positive") == 1);
  CHECK(value(list, "false_negative") == 1);
  CHECK(value(list, "true_positive") == 2);
}

TEST_CASE("Metrics of several classes are named with macro averages", "[metrics]") {
  const std::vector<double> labels{0, 1, 2};
  const std::vector<double> probabilities{0.5, 0.25, 0.25, 0.5, 0.25, 0.25, 0.25, 0.25, 0.5};
  const NamedMetrics list = named(evaluate_classes({labels, probabilities, 3, {}}));
  CHECK(names(list).back() == "rows");
  CHECK(value(list, "recall") == Approx(2.0 / 3));
  CHECK(value(list, "precision") == Approx(0.5));
}

TEST_CASE("Metrics of numbers and counts have names", "[metrics]") {
  const std::vector<double> targets{1, 2, 3};
  const NumberScores scores{targets, targets, {}};
  CHECK(names(named(evaluate_numbers(scores, Family::gaussian))) ==
        Names{"r2", "rmse", "mae", "deviance", "rows"});
  CHECK(names(named(evaluate_numbers(scores, Family::poisson))) ==
        Names{"r2", "rmse", "mae", "deviance", "d2", "rows"});
}
