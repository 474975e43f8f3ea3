#include "metrics/inference.hpp"

#include <cmath>
#include <limits>
#include <string>
#include <vector>

#include "support/catch_shim.hpp"
#include <Eigen/Core>

#include "support/reference.hpp"

using Eigen::Index;
using Eigen::MatrixXd;
using Eigen::VectorXd;
using mlserve::metrics::Inference;
using mlserve::metrics::standard_error;
using mlserve::metrics::wald_inference;
using mlserve::testing::reference;

namespace {

VectorXd vector_of(const nlohmann::json& list) {
  const std::vector<double> values = list;
  return VectorXd::Map(values.data(), static_cast<Index>(values.size()));
}

MatrixXd matrix_of(const nlohmann::json& rows) {
  MatrixXd matrix(static_cast<Index>(rows.size()), static_cast<Index>(rows.at(0).size()));
  for (Index i = 0; i < matrix.rows(); ++i) {
    matrix.row(i) = vector_of(rows.at(static_cast<std::size_t>(i))).transpose();
  }
  return matrix;
}

Inference inference_of(const nlohmann::json& section) {
  return wald_inference(vector_of(section.at("coefficients")), matrix_of(section.at("hessian")));
}

void check_near(const VectorXd& actual, const VectorXd& expected, double relative) {
  REQUIRE(actual.size() == expected.size());
  for (Index i = 0; i < actual.size(); ++i) {
    CHECK(actual[i] == Approx(expected[i]).epsilon(relative));
  }
}

}  // namespace

TEST_CASE("Standard errors of a diagonal Hessian are one over the root of its entries",
          "[metrics]") {
  const VectorXd coefficients{{1.0, -3.0}};
  const Inference result = wald_inference(coefficients, VectorXd{{4.0, 0.25}}.asDiagonal());
  CHECK(result.standard_errors[0] == Approx(0.5));
  CHECK(result.standard_errors[1] == Approx(2.0));
  CHECK(result.z[0] == Approx(2.0));
  CHECK(result.z[1] == Approx(-1.5));
}

TEST_CASE("Standard errors of two correlated coefficients follow the closed form", "[metrics]") {
  const MatrixXd hessian{{2.0, 1.0}, {1.0, 3.0}};
  const Inference result = wald_inference(VectorXd::Ones(2), hessian);
  CHECK(result.standard_errors[0] == Approx(std::sqrt(3.0 / 5.0)));
  CHECK(result.standard_errors[1] == Approx(std::sqrt(2.0 / 5.0)));
}

TEST_CASE("p-values are those of a two-sided normal test", "[metrics]") {
  const VectorXd z{{0.0, 1.959963984540054, -2.5758293035489004, 40.0}};
  const Inference result = wald_inference(z, MatrixXd::Identity(4, 4));
  CHECK(result.p_values[0] == 1.0);
  CHECK(result.p_values[1] == Approx(0.05).epsilon(1e-12));
  CHECK(result.p_values[2] == Approx(0.01).epsilon(1e-12));
  CHECK(result.p_values[3] >= 0.0);
  CHECK(result.p_values[3] < 1e-300);
}

TEST_CASE("Standard errors of a penalised fit agree with the inverse by numpy", "[metrics]") {
  const auto& section = reference().at("standard_errors").at("titanic");
  const Inference result = inference_of(section);
  check_near(result.standard_errors, vector_of(section.at("standard_errors")), 1e-11);
}

TEST_CASE("Inference of a fit without penalty agrees with statsmodels", "[metrics]") {
  const auto& section = reference().at("standard_errors").at("unpenalised");
  const Inference result = inference_of(section);
  check_near(result.standard_errors, vector_of(section.at("standard_errors")), 1e-11);
  check_near(result.z, vector_of(section.at("z")), 1e-11);
  // A p-value multiplies the relative error of z by z^2, which is about 100 here.
  check_near(result.p_values, vector_of(section.at("p_values")), 1e-9);
}

TEST_CASE("The unit of a column does not matter", "[metrics]") {
  const MatrixXd hessian{{2.0, 1.0}, {1.0, 3.0}};
  const VectorXd unit{{1e-9, 1e6}};
  const Inference result =
      wald_inference(VectorXd::Ones(2), unit.asDiagonal() * hessian * unit.asDiagonal());
  CHECK(result.standard_errors[0] == Approx(std::sqrt(3.0 / 5.0) * 1e9));
  CHECK(result.standard_errors[1] == Approx(std::sqrt(2.0 / 5.0) * 1e-6));
}

TEST_CASE("Coefficients that cannot be told apart have no standard error and others keep theirs",
          "[metrics]") {
  // The first two columns are equal; the third is correlated with neither.
  const MatrixXd hessian{{5.0, 5.0, 0.0}, {5.0, 5.0, 0.0}, {0.0, 0.0, 4.0}};
  const Inference result = wald_inference(VectorXd::Ones(3), hessian);
  CHECK(std::isnan(result.standard_errors[0]));
  CHECK(std::isnan(result.standard_errors[1]));
  CHECK(std::isnan(result.z[0]));
  CHECK(std::isnan(result.p_values[0]));
  CHECK(result.standard_errors[2] == Approx(0.5));
  CHECK(result.p_values[2] == Approx(std::erfc(std::sqrt(2.0))));
}

TEST_CASE(
    "A full one-hot encoding without penalty leaves its columns and the intercept undetermined",
    "[metrics]") {
  // Columns a, b, intercept, number: the number is centred in both groups.
  const MatrixXd rows{{1, 0, 1, -1}, {1, 0, 1, 1}, {0, 1, 1, -2}, {0, 1, 1, 2}};
  const Inference result = wald_inference(VectorXd::Ones(4), rows.transpose() * rows);
  for (Index i = 0; i < 3; ++i) CHECK(std::isnan(result.standard_errors[i]));
  CHECK(result.standard_errors[3] == Approx(1 / std::sqrt(10.0)));
}

TEST_CASE("A column without any information has no standard error", "[metrics]") {
  const MatrixXd hessian{{0.0, 0.0}, {0.0, 4.0}};
  const Inference result = wald_inference(VectorXd::Ones(2), hessian);
  CHECK(std::isnan(result.standard_errors[0]));
  CHECK(result.standard_errors[1] == Approx(0.5));
}

TEST_CASE("The standard error of a sum of coefficients is that of the quadratic form",
          "[metrics]") {
  const MatrixXd hessian{{4.0, 1.0}, {1.0, 3.0}};  // its inverse is {{3, -1}, {-1, 4}} / 11
  CHECK(standard_error(Eigen::Vector2d(1, 0), hessian) == Approx(std::sqrt(3.0 / 11)));
  CHECK(standard_error(Eigen::Vector2d(2, -5), hessian) ==
        Approx(std::sqrt((4 * 3 + 20 + 25 * 4) / 11.0)));
  const MatrixXd flat{{5.0, 5.0}, {5.0, 5.0}};  // the sum is known, the difference is not
  CHECK(standard_error(Eigen::Vector2d(1, 1), flat) == Approx(1 / std::sqrt(5.0)));
  CHECK(std::isnan(standard_error(Eigen::Vector2d(1, -1), flat)));
}

TEST_CASE("A Hessian that is not finite says nothing", "[metrics]") {
  MatrixXd hessian = MatrixXd::Identity(2, 2);
  hessian(0, 0) = std::numeric_limits<double>::infinity();
  const Inference result = wald_inference(VectorXd::Ones(2), hessian);
  CHECK(std::isnan(result.standard_errors[0]));
  CHECK(std::isnan(result.standard_errors[1]));
}

TEST_CASE("Inference of nothing is empty", "[metrics]") {
  CHECK(wald_inference(VectorXd(0), MatrixXd(0, 0)).standard_errors.size() == 0);
}
