#include "metrics/regression.hpp"

#include <cmath>
#include <limits>
#include <vector>

#include "support/catch_shim.hpp"

#include "support/metrics_reference.hpp"

using mlserve::metrics::evaluate_numbers;
using mlserve::metrics::Family;
using mlserve::metrics::RegressionMetrics;
using mlserve::testing::metrics_reference;

namespace {

constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();

void check_agrees(const RegressionMetrics& actual, const nlohmann::json& expected) {
  const auto value = [&](const char* name) {
    return Approx(expected.at(name).get<double>()).epsilon(1e-12);
  };
  CHECK(actual.r2 == value("r2"));
  CHECK(actual.rmse == value("rmse"));
  CHECK(actual.mae == value("mae"));
  CHECK(actual.deviance == value("deviance"));
  REQUIRE(actual.d2.has_value() == expected.contains("d2"));
  if (actual.d2) CHECK(*actual.d2 == value("d2"));
}

RegressionMetrics evaluated(const std::vector<double>& targets,
                            const std::vector<double>& predictions,
                            Family family = Family::gaussian) {
  return evaluate_numbers({targets, predictions, {}}, family);
}

}  // namespace

TEST_CASE("Metrics of numbers and of counts agree with scikit-learn", "[metrics]") {
  for (const auto& [name, family] :
       {std::pair{"diabetes", Family::gaussian}, {"fair", Family::poisson}}) {
    const nlohmann::json& section = metrics_reference().at("numbers").at(name);
    const std::vector<double> targets = section.at("targets");
    const std::vector<double> predictions = section.at("predictions");
    const std::vector<double> weights = section.at("weights");
    INFO(name);
    check_agrees(evaluate_numbers({targets, predictions, {}}, family), section.at("unweighted"));
    check_agrees(evaluate_numbers({targets, predictions, weights}, family), section.at("weighted"));
  }
}

TEST_CASE("R2 of targets that are all equal is 1 when they are met and else 0", "[metrics]") {
  CHECK(evaluated({3, 3}, {3, 3}).r2 == 1);
  CHECK(evaluated({3, 3}, {3, 4}).r2 == 0);
}

TEST_CASE("One row has an error but no share of a spread", "[metrics]") {
  const RegressionMetrics one = evaluated({3}, {1}, Family::poisson);
  CHECK(std::isnan(one.r2));
  CHECK(std::isnan(*one.d2));
  CHECK(one.rmse == 2);
  CHECK(one.mae == 2);
}

TEST_CASE("A count of 0 that was predicted as 0 has no deviance, others an infinite one",
          "[metrics]") {
  CHECK(evaluated({0, 2}, {0, 2}, Family::poisson).deviance == 0);
  CHECK(evaluated({0, 2}, {0, 2}, Family::poisson).d2 == 1.0);
  CHECK(evaluated({0, 2}, {0.5, 2}, Family::poisson).deviance == Approx(1.0));
  CHECK(std::isinf(evaluated({1, 2}, {0, 2}, Family::poisson).deviance));
  CHECK(std::isnan(evaluated({1, 2}, {-1, 2}, Family::poisson).deviance));
}

TEST_CASE("Predictions that are not numbers give none, and neither do no rows", "[metrics]") {
  CHECK(std::isnan(evaluated({1, 2}, {1, kNaN}).rmse));
  CHECK(std::isnan(evaluated({1, 2}, {1, kNaN}).r2));
  CHECK(std::isnan(evaluated({}, {}).rmse));
  CHECK(evaluated({}, {}).rows == 0);
}
