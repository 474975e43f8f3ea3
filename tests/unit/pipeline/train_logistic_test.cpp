#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <string>

#include "support/catch_shim.hpp"

#include "support/reference.hpp"
#include "support/trained.hpp"

using namespace mlserve;

TEST_CASE("The fit agrees with scikit-learn's", "[estimators]") {
  // LogisticRegression(solver="newton-cholesky", tol=1e-12) of the version that reference.json
  // names; two converged solvers agree much nearer than the 1e-6 that is promised.
  const std::string name =
      GENERATE("titanic", "titanic_all", "separable", "collinear", "categories");
  const nlohmann::json& expected = testing::reference().at(name);
  pipeline::TrainOptions options;
  options.test_size = 0;
  options.penalty.C = expected.at("C").get<double>();
  model::Model model;
  if (expected.contains("csv")) {
    options.target = expected.at("target").get<std::string>();
    model = testing::train_text(expected.at("csv").get<std::string>(), options).model;
  } else {
    options.target = "Survived";
    options.features = expected.at("features").get<std::vector<std::string>>();
    model = pipeline::train({testing::kTitanic}, options).model;
  }
  CHECK(model.training.converged);
  CHECK(model.training.rows == expected.at("rows").get<std::uint64_t>());
  const auto coefficients = testing::coefficients_by_name(model);
  REQUIRE(coefficients.size() == expected.at("coefficients").size());
  double scale = 0;
  double difference = std::abs(model.intercepts[0] - expected.at("intercept").get<double>());
  for (const auto& [column, value] : expected.at("coefficients").items()) {
    REQUIRE(coefficients.count(column) == 1);
    scale = std::max(scale, std::abs(value.get<double>()));
    difference = std::max(difference, std::abs(coefficients.at(column) - value.get<double>()));
  }
  INFO(name << ": largest difference " << difference / scale << " of the largest coefficient");
  CHECK(difference < 1e-9 * scale);
}

TEST_CASE("A fit without penalty agrees with statsmodels, and so do its standard errors",
          "[estimators]") {
  const nlohmann::json& expected = testing::reference().at("standard_errors").at("unpenalised");
  pipeline::TrainOptions options;
  options.target = "Survived";
  options.features = {"Age", "Parch", "Pclass", "SibSp"};
  options.test_size = 0;
  options.penalty.C = 1e9;
  const model::Model model = pipeline::train({testing::kTitanic}, options).model;
  CHECK(model.training.converged);
  for (std::size_t c = 0; c < 4; ++c) {
    REQUIRE(model.columns[c].name == expected.at("names").at(c).get<std::string>());
    CHECK(model.coefficients[0][c] ==
          Approx(expected.at("coefficients").at(c).get<double>()).epsilon(1e-7));
    CHECK(model.inference.standard_errors[0][c] ==
          Approx(expected.at("standard_errors").at(c).get<double>()).epsilon(1e-7));
  }
  CHECK(model.intercepts[0] ==
        Approx(expected.at("coefficients").at(4).get<double>()).epsilon(1e-7));
  CHECK(model.inference.intercept_standard_errors[0] ==
        Approx(expected.at("standard_errors").at(4).get<double>()).epsilon(1e-7));
}

TEST_CASE("Standard errors of the penalised Titanic fit are those of its formula", "[estimators]") {
  const nlohmann::json& expected = testing::reference().at("standard_errors").at("titanic");
  pipeline::TrainOptions options;
  options.test_size = 0;
  const model::Model model = pipeline::train({testing::kTitanic}, options).model;
  for (std::size_t c = 0; c < model.columns.size(); ++c) {
    REQUIRE(model.columns[c].name == expected.at("names").at(c).get<std::string>());
    CHECK(model.inference.standard_errors[0][c] ==
          Approx(expected.at("standard_errors").at(c).get<double>()).epsilon(1e-8));
  }
}
