#include "metrics/vif.hpp"

#include <cmath>
#include <cstddef>
#include <limits>
#include <vector>

#include "support/catch_shim.hpp"

#include "metrics/inference.hpp"
#include "support/metrics_reference.hpp"

using Eigen::Index;
using Eigen::MatrixXd;
using mlserve::metrics::variance_inflation;
using mlserve::metrics::VarianceInflation;
using mlserve::metrics::wald_inference;
using mlserve::testing::fitted_parameters;
using mlserve::testing::matrix_of;
using mlserve::testing::metrics_reference;
using Groups = std::vector<std::vector<Index>>;

TEST_CASE("Generalised variance inflation agrees with R's car", "[metrics]") {
  for (const char* name : {"duncan", "duncan_logistic"}) {
    const nlohmann::json& section = metrics_reference().at("inflation").at(name);
    const std::vector<VarianceInflation> actual =
        variance_inflation(matrix_of(section.at("covariance")), section.at("groups").get<Groups>());
    REQUIRE(actual.size() == section.at("gvif").size());
    for (std::size_t i = 0; i < actual.size(); ++i) {
      const auto expected = [&](const char* key) { return section.at(key).at(i).get<double>(); };
      CHECK(actual[i].gvif == Approx(expected("gvif")).epsilon(1e-10));
      CHECK(static_cast<double>(actual[i].degrees_of_freedom) == expected("degrees_of_freedom"));
      CHECK(actual[i].adjusted == Approx(expected("adjusted")).epsilon(1e-10));
    }
  }
}

TEST_CASE("Variance inflation of single columns agrees with statsmodels", "[metrics]") {
  const nlohmann::json& section = metrics_reference().at("linear");
  const MatrixXd covariance = wald_inference(fitted_parameters(section.at("fit"))).covariance;
  Groups groups;
  for (Index column = 1; column < covariance.cols(); ++column) groups.push_back({column});
  const std::vector<VarianceInflation> actual = variance_inflation(covariance, groups);
  for (std::size_t i = 0; i < actual.size(); ++i) {
    CHECK(actual[i].gvif ==
          Approx(section.at("variance_inflation").at(i).get<double>()).epsilon(1e-9));
  }
}

TEST_CASE("A feature alone is not inflated", "[metrics]") {
  const MatrixXd covariance{{2.0, 1.0}, {1.0, 3.0}};
  CHECK(variance_inflation(covariance, {{0, 1}}).front().gvif == Approx(1.0));
  CHECK(variance_inflation(covariance, {}).empty());
}

TEST_CASE("Columns without a variance do not count", "[metrics]") {
  const double nan = std::numeric_limits<double>::quiet_NaN();
  const MatrixXd covariance{
      {4.0, 1.0, nan, nan}, {1.0, 1.0, nan, nan}, {nan, nan, nan, nan}, {nan, nan, nan, nan}};
  const auto actual = variance_inflation(covariance, {{0}, {1, 2}, {3}});
  CHECK(actual[0].gvif == Approx(1 / (1 - 0.25)));
  CHECK(actual[1].gvif == Approx(1 / (1 - 0.25)));
  CHECK(actual[1].degrees_of_freedom == 1);
  CHECK(std::isnan(actual[2].gvif));
  CHECK(std::isnan(actual[2].adjusted));
}
