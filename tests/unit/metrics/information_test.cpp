#include "metrics/information.hpp"

#include <cmath>
#include <limits>

#include "support/catch_shim.hpp"
#include <Eigen/Core>

#include "support/metrics_reference.hpp"

using Eigen::Index;
using Eigen::MatrixXd;
using Eigen::VectorXd;
using mlserve::metrics::Information;
using mlserve::testing::matrix_of;
using mlserve::testing::reference;
using mlserve::testing::vector_of;

namespace {

VectorXd standard_errors(const MatrixXd& hessian) {
  const MatrixXd identity = MatrixXd::Identity(hessian.rows(), hessian.cols());
  return Information(hessian).covariance(identity).diagonal().cwiseSqrt();
}

double variance(const VectorXd& factors, const MatrixXd& hessian) {
  return Information(hessian).covariance(factors)(0, 0);
}

}  // namespace

TEST_CASE("The covariance of two parameters is the inverse", "[metrics]") {
  const MatrixXd hessian{{2.0, 1.0}, {1.0, 3.0}};
  const MatrixXd covariance = Information(hessian).covariance(MatrixXd::Identity(2, 2));
  CHECK(covariance(0, 0) == Approx(3.0 / 5.0));
  CHECK(covariance(0, 1) == Approx(-1.0 / 5.0));
  CHECK(covariance(1, 0) == Approx(-1.0 / 5.0));
  CHECK(covariance(1, 1) == Approx(2.0 / 5.0));
}

TEST_CASE("Standard errors agree with the inverse by numpy and with statsmodels", "[metrics]") {
  for (const char* name : {"titanic", "unpenalised"}) {
    const auto& section = reference().at("standard_errors").at(name);
    const VectorXd expected = vector_of(section.at("standard_errors"));
    const VectorXd actual = standard_errors(matrix_of(section.at("hessian")));
    CHECK((actual - expected).cwiseQuotient(expected).cwiseAbs().maxCoeff() < 1e-11);
  }
}

TEST_CASE("The unit of a column does not matter", "[metrics]") {
  const MatrixXd hessian{{2.0, 1.0}, {1.0, 3.0}};
  const VectorXd unit{{1e-9, 1e6}};
  const VectorXd errors = standard_errors(unit.asDiagonal() * hessian * unit.asDiagonal());
  CHECK(errors[0] == Approx(std::sqrt(3.0 / 5.0) * 1e9));
  CHECK(errors[1] == Approx(std::sqrt(2.0 / 5.0) * 1e-6));
}

TEST_CASE("Coefficients that cannot be told apart have no standard error and others keep theirs",
          "[metrics]") {
  // The first two columns are equal; the third is correlated with neither.
  const MatrixXd hessian{{5.0, 5.0, 0.0}, {5.0, 5.0, 0.0}, {0.0, 0.0, 4.0}};
  const MatrixXd covariance = Information(hessian).covariance(MatrixXd::Identity(3, 3));
  CHECK(std::isnan(covariance(0, 0)));
  CHECK(std::isnan(covariance(1, 1)));
  CHECK(std::isnan(covariance(0, 2)));
  CHECK(covariance(2, 2) == Approx(0.25));
}

TEST_CASE(
    "A full one-hot encoding without penalty leaves its columns and the intercept undetermined",
    "[metrics]") {
  // Columns a, b, intercept, number: the number is centred in both groups.
  const MatrixXd rows{{1, 0, 1, -1}, {1, 0, 1, 1}, {0, 1, 1, -2}, {0, 1, 1, 2}};
  const VectorXd errors = standard_errors(rows.transpose() * rows);
  for (Index i = 0; i < 3; ++i) CHECK(std::isnan(errors[i]));
  CHECK(errors[3] == Approx(1 / std::sqrt(10.0)));
}

TEST_CASE("A column without any information has no standard error", "[metrics]") {
  const VectorXd errors = standard_errors(MatrixXd{{0.0, 0.0}, {0.0, 4.0}});
  CHECK(std::isnan(errors[0]));
  CHECK(errors[1] == Approx(0.5));
}

TEST_CASE("The variance of a sum of coefficients is the quadratic form", "[metrics]") {
  const MatrixXd hessian{{4.0, 1.0}, {1.0, 3.0}};  // its inverse is {{3, -1}, {-1, 4}} / 11
  CHECK(variance(Eigen::Vector2d(1, 0), hessian) == Approx(3.0 / 11));
  CHECK(variance(Eigen::Vector2d(2, -5), hessian) == Approx((4 * 3 + 20 + 25 * 4) / 11.0));
  const MatrixXd flat{{5.0, 5.0}, {5.0, 5.0}};  // the sum is known, the difference is not
  CHECK(variance(Eigen::Vector2d(1, 1), flat) == Approx(1 / 5.0));
  CHECK(std::isnan(variance(Eigen::Vector2d(1, -1), flat)));
}

TEST_CASE("A Hessian that is not finite says nothing", "[metrics]") {
  MatrixXd hessian = MatrixXd::Identity(2, 2);
  hessian(0, 0) = std::numeric_limits<double>::infinity();
  CHECK(std::isnan(standard_errors(hessian)[0]));
  CHECK(std::isnan(standard_errors(hessian)[1]));
}

TEST_CASE("Information of nothing is empty", "[metrics]") {
  CHECK(standard_errors(MatrixXd(0, 0)).size() == 0);
}
