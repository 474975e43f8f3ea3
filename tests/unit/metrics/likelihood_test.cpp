#include "metrics/likelihood.hpp"

#include <cmath>
#include <limits>
#include <vector>

#include "support/catch_shim.hpp"

#include "support/metrics_reference.hpp"

using mlserve::metrics::class_likelihood;
using mlserve::metrics::Family;
using mlserve::metrics::Likelihood;
using mlserve::metrics::number_likelihood;
using mlserve::testing::class_rows;
using mlserve::testing::ClassRows;
using mlserve::testing::expanded;
using mlserve::testing::metrics_reference;

namespace {

void check_agrees(const Likelihood& actual, const nlohmann::json& expected) {
  const auto value = [&](const char* name) {
    return Approx(expected.at(name).get<double>()).epsilon(1e-12);
  };
  CHECK(actual.log_likelihood == value("log_likelihood"));
  CHECK(actual.null_log_likelihood == value("null_log_likelihood"));
  CHECK(actual.deviance == value("deviance"));
  CHECK(actual.null_deviance == value("null_deviance"));
  CHECK(actual.aic == value("aic"));
  CHECK(actual.bic == value("bic"));
}

}  // namespace

TEST_CASE("Likelihoods of classes agree with statsmodels", "[metrics]") {
  for (const char* name : {"logistic", "multinomial"}) {
    const nlohmann::json& section = metrics_reference().at(name);
    const nlohmann::json& expected = section.at("likelihood");
    const ClassRows rows = class_rows(section);
    check_agrees(class_likelihood(rows.scores(), expected.at("parameters")), expected);
  }
}

TEST_CASE("Likelihoods of numbers and counts agree with statsmodels", "[metrics]") {
  for (const auto& [name, family] :
       {std::pair{"linear", Family::gaussian}, {"counts", Family::poisson}}) {
    const nlohmann::json& section = metrics_reference().at(name);
    const nlohmann::json& expected = section.at("likelihood");
    const std::vector<double> targets = section.at("targets");
    const std::vector<double> mean = section.at("mean");
    check_agrees(number_likelihood({targets, mean, {}}, family, expected.at("parameters")),
                 expected);
  }
}

TEST_CASE("A likelihood counts a row as often as its weight", "[metrics]") {
  ClassRows grouped{{0, 1, 1, 2}, {}, {3, 1, 0, 2}, 3};
  grouped.probabilities = {0.5, 0.25, 0.25, 0.1, 0.7, 0.2, 0.3, 0.3, 0.4, 0.2, 0.2, 0.6};
  const ClassRows single = expanded(grouped);
  const Likelihood a = class_likelihood(grouped.scores(), 4);
  const Likelihood b = class_likelihood(single.scores(), 4);
  CHECK(a.log_likelihood == Approx(b.log_likelihood));
  CHECK(a.null_log_likelihood == Approx(b.null_log_likelihood));
  CHECK(a.bic == Approx(b.bic));

  const std::vector<double> targets{1, 4, 2};
  const std::vector<double> mean{1.5, 3, 2};
  const std::vector<double> weights{2, 1, 0};
  const std::vector<double> single_targets{1, 1, 4};
  const std::vector<double> single_mean{1.5, 1.5, 3};
  for (const Family family : {Family::gaussian, Family::poisson}) {
    const Likelihood c = number_likelihood({targets, mean, weights}, family, 2);
    const Likelihood d = number_likelihood({single_targets, single_mean, {}}, family, 2);
    CHECK(c.log_likelihood == Approx(d.log_likelihood));
    CHECK(c.null_deviance == Approx(d.null_deviance));
    CHECK(c.bic == Approx(d.bic));
  }
}

TEST_CASE("Certain predictions have the likelihood 1 or 0", "[metrics]") {
  const std::vector<double> labels{0, 1};
  const std::vector<double> right{0.0, 1.0};
  const std::vector<double> wrong{1.0, 1.0};
  CHECK(class_likelihood({labels, right, 2, {}}, 2).log_likelihood == 0);
  CHECK(class_likelihood({labels, wrong, 2, {}}, 2).deviance ==
        std::numeric_limits<double>::infinity());
}

TEST_CASE("One class alone is met without any model", "[metrics]") {
  const std::vector<double> labels{1, 1};
  const std::vector<double> probabilities{0.75, 0.75};
  CHECK(class_likelihood({labels, probabilities, 2, {}}, 1).null_deviance == 0);
}

TEST_CASE("Counts that are all 0 have a likelihood", "[metrics]") {
  const std::vector<double> zeros{0, 0};
  const Likelihood fit = number_likelihood({zeros, zeros, {}}, Family::poisson, 1);
  CHECK(fit.log_likelihood == 0);
  CHECK(fit.null_log_likelihood == 0);
  CHECK(fit.null_deviance == 0);
}
