#include "metrics/inference.hpp"

#include <cmath>
#include <cstddef>
#include <string>
#include <vector>

#include "support/catch_shim.hpp"
#include <Eigen/Core>

#include "support/metrics_reference.hpp"

using Eigen::MatrixXd;
using Eigen::VectorXd;
using mlserve::metrics::Estimate;
using mlserve::metrics::FittedParameters;
using mlserve::metrics::Inference;
using mlserve::metrics::OutputInference;
using mlserve::metrics::Residuals;
using mlserve::metrics::wald_inference;
using mlserve::testing::fitted_parameters;
using mlserve::testing::metrics_reference;

namespace {

constexpr double kClose = 1e-9;

/// The intercept, then the coefficients.
std::vector<Estimate> estimates(const OutputInference& output) {
  std::vector<Estimate> result{output.intercept};
  result.insert(result.end(), output.coefficients.begin(), output.coefficients.end());
  return result;
}

/// Item `i` of each list in `expected`: values, standard_errors, ….
void check_agrees(const Estimate& actual, const nlohmann::json& expected, std::size_t i) {
  const auto value = [&](const char* name) { return expected.at(name).at(i).get<double>(); };
  CHECK(actual.value == Approx(value("values")).epsilon(kClose));
  CHECK(actual.standard_error == Approx(value("standard_errors")).epsilon(kClose));
  CHECK(actual.statistic == Approx(value("statistics")).epsilon(kClose));
  // A p-value multiplies the relative error of z by z^2.
  const double z = value("statistics");
  CHECK(actual.p_value == Approx(value("p_values")).epsilon(kClose * (1 + z * z)).margin(1e-300));
  const double width = kClose * (value("upper") - value("lower"));
  CHECK(actual.lower == Approx(value("lower")).epsilon(kClose).margin(width));
  CHECK(actual.upper == Approx(value("upper")).epsilon(kClose).margin(width));
}

/// `expected` has a list of lists for each name: one list an output.
void check_agrees(const Inference& actual, const nlohmann::json& expected) {
  REQUIRE(actual.outputs.size() == expected.at("values").size());
  for (std::size_t k = 0; k < actual.outputs.size(); ++k) {
    nlohmann::json output;
    for (const auto& [name, lists] : expected.items()) output[name] = lists.at(k);
    const std::vector<Estimate> all = estimates(actual.outputs[k]);
    REQUIRE(all.size() == output.at("values").size());
    for (std::size_t i = 0; i < all.size(); ++i) check_agrees(all[i], output, i);
  }
}

Residuals residuals_of(const nlohmann::json& section) {
  const auto number = [&](const char* name) {
    const nlohmann::json& value = section.at(name);
    return (value.is_array() ? value.at(0) : value).get<double>();
  };
  return {number("sum_of_squares"), number("degrees_of_freedom")};
}

/// One output, columns neither centred nor scaled.
FittedParameters plain(double intercept, const MatrixXd& coefficients,
                       const MatrixXd& information) {
  return {VectorXd{{intercept}},
          coefficients,
          VectorXd::Zero(coefficients.cols()),
          VectorXd::Ones(coefficients.cols()),
          information,
          {}};
}

bool unknown(const Estimate& estimate) {
  return std::isnan(estimate.standard_error) && std::isnan(estimate.statistic) &&
         std::isnan(estimate.p_value) && std::isnan(estimate.lower) && std::isnan(estimate.upper);
}

}  // namespace

TEST_CASE("Inference agrees with statsmodels' Logit and Poisson GLM", "[metrics]") {
  for (const char* name : {"logistic", "counts"}) {
    const nlohmann::json& section = metrics_reference().at(name);
    INFO(name);
    check_agrees(wald_inference(fitted_parameters(section.at("fit"))), section.at("parameters"));
  }
}

TEST_CASE("Inference of a linear fit agrees with statsmodels' OLS", "[metrics]") {
  const nlohmann::json& section = metrics_reference().at("linear");
  check_agrees(wald_inference(fitted_parameters(section.at("fit")), residuals_of(section)),
               section.at("parameters"));
}

TEST_CASE("Inference of several classes agrees with statsmodels' MNLogit", "[metrics]") {
  const nlohmann::json& section = metrics_reference().at("multinomial");
  FittedParameters fit = fitted_parameters(section.at("fit"));
  check_agrees(wald_inference(fit), section.at("parameters"));

  // More curvature along what all classes share, in every parameter, changes no difference.
  const Eigen::Index each = fit.scales.size();
  const Eigen::Index classes = fit.intercepts.size();
  for (Eigen::Index a = 0; a < classes; ++a) {
    for (Eigen::Index b = 0; b < classes; ++b) {
      fit.information(a, b) += 100;
      fit.information.block(classes + a * each, classes + b * each, each, each)
          .diagonal()
          .array() += 10;
    }
  }
  check_agrees(wald_inference(fit), section.at("parameters"));
}

TEST_CASE("Without curvature along what all classes share the differences are the same",
          "[metrics]") {
  const nlohmann::json& section = metrics_reference().at("multinomial");
  FittedParameters fit = fitted_parameters(section.at("fit"));
  // Take it off again: the part of the information in those directions is a projection.
  const Eigen::Index each = fit.scales.size();
  const Eigen::Index classes = fit.intercepts.size();
  MatrixXd shared = MatrixXd::Zero(fit.information.rows(), 1 + each);
  for (Eigen::Index k = 0; k < classes; ++k) {
    shared(k, 0) = 1;
    shared.block(classes + k * each, 1, each, each).setIdentity();
  }
  shared /= std::sqrt(static_cast<double>(classes));
  const MatrixXd rest =
      MatrixXd::Identity(shared.rows(), shared.rows()) - shared * shared.transpose();
  fit.information = (rest * fit.information * rest).eval();
  check_agrees(wald_inference(fit), section.at("parameters"));
}

TEST_CASE("What was held leaves the others as R's lm without an aliased column", "[metrics]") {
  const nlohmann::json& section = metrics_reference().at("aliased");
  FittedParameters fit = fitted_parameters(section.at("fit"));
  fit.held.setConstant(1, 3, false);
  fit.held(0, 2) = true;
  const Inference actual = wald_inference(fit, residuals_of(section));
  const std::vector<Estimate> all = estimates(actual.outputs.front());
  for (std::size_t i = 0; i < 3; ++i) check_agrees(all[i], section, i);
  CHECK(all[3].value == 0);
  CHECK(unknown(all[3]));
  CHECK(std::isnan(actual.covariance(3, 0)));
  CHECK(std::isfinite(actual.covariance(2, 0)));
}

TEST_CASE("Standard errors of a diagonal information are one over the root of its entries",
          "[metrics]") {
  const Inference result =
      wald_inference(plain(1.0, MatrixXd{{-3.0}}, MatrixXd{{4.0, 0.0}, {0.0, 0.25}}));
  const Estimate& intercept = result.outputs.front().intercept;
  const Estimate& slope = result.outputs.front().coefficients.front();
  CHECK(intercept.standard_error == Approx(0.5));
  CHECK(intercept.statistic == Approx(2.0));
  CHECK(slope.standard_error == Approx(2.0));
  CHECK(slope.statistic == Approx(-1.5));
  CHECK(slope.upper == Approx(-3 + 2 * 1.959963984540054));
}

TEST_CASE("A ratio is the exponential of an estimate and of its interval", "[metrics]") {
  const mlserve::metrics::Ratio factor = mlserve::metrics::ratio({0.5, 1.0, 0.5, 0.6, -1.0, 2.0});
  CHECK(factor.value == std::exp(0.5));
  CHECK(factor.lower == std::exp(-1.0));
  CHECK(factor.upper == std::exp(2.0));
}

TEST_CASE("Coefficients come back in the unit of their column", "[metrics]") {
  // The solver saw (x - 10) / 4 and found 2 + 8 (x - 10) / 4 = -18 + 2 x.
  FittedParameters fit = plain(2.0, MatrixXd{{8.0}}, MatrixXd::Identity(2, 2));
  fit.centres[0] = 10;
  fit.scales[0] = 4;
  const OutputInference output = wald_inference(fit).outputs.front();
  CHECK(output.intercept.value == Approx(-18.0));
  CHECK(output.intercept.standard_error == Approx(std::sqrt(1 + 2.5 * 2.5)));
  CHECK(output.coefficients.front().value == Approx(2.0));
  CHECK(output.coefficients.front().standard_error == Approx(0.25));
}

TEST_CASE("Columns that cannot be told apart have a value and nothing else", "[metrics]") {
  const MatrixXd information{{4.0, 0.0, 0.0}, {0.0, 5.0, 5.0}, {0.0, 5.0, 5.0}};
  const OutputInference output =
      wald_inference(plain(1.0, MatrixXd{{0.5, 0.5}}, information)).outputs.front();
  CHECK(output.intercept.standard_error == Approx(0.5));
  CHECK(unknown(output.coefficients[0]));
  CHECK(unknown(output.coefficients[1]));
  CHECK(output.coefficients[1].value == 0.5);
}

TEST_CASE("A fit with as many parameters as rows has no standard errors", "[metrics]") {
  const Inference result =
      wald_inference(plain(1.0, MatrixXd{{2.0}}, MatrixXd::Identity(2, 2)), Residuals{0.0, 0.0});
  CHECK(unknown(result.outputs.front().intercept));
  CHECK(unknown(result.outputs.front().coefficients.front()));
}

TEST_CASE("A model without columns has an intercept", "[metrics]") {
  const Inference result = wald_inference(plain(1.0, MatrixXd(1, 0), MatrixXd{{4.0}}));
  CHECK(result.outputs.front().coefficients.empty());
  CHECK(result.outputs.front().intercept.standard_error == 0.5);
}
