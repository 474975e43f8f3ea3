#include "estimators/newton.hpp"

#include <cmath>
#include <functional>
#include <limits>
#include <utility>

#include "support/catch_shim.hpp"

namespace {

using Eigen::Matrix2d;
using Eigen::MatrixXd;
using Eigen::Vector2d;
using Eigen::VectorXd;
using mlserve::estimators::minimize;
using mlserve::estimators::NewtonResult;
using mlserve::estimators::Objective;

/// (x - centre)' H (x - centre) / 2.
class Quadratic final : public Objective {
 public:
  Quadratic(MatrixXd hessian, VectorXd centre)
      : hessian_(std::move(hessian)), centre_(std::move(centre)) {}

  double value(const VectorXd& at) const override {
    return 0.5 * (at - centre_).dot(hessian_ * (at - centre_));
  }
  double derivatives(const VectorXd& at, VectorXd& gradient, MatrixXd& hessian) const override {
    gradient = hessian_ * (at - centre_);
    hessian = hessian_;
    return value(at);
  }

 private:
  MatrixXd hessian_;
  VectorXd centre_;
};

/// A function of one variable by its value and first two derivatives.
struct Curve final : Objective {
  std::function<double(double)> f, df, ddf;

  Curve(std::function<double(double)> f0, std::function<double(double)> f1,
        std::function<double(double)> f2)
      : f(std::move(f0)), df(std::move(f1)), ddf(std::move(f2)) {}
  double value(const VectorXd& at) const override { return f(at[0]); }
  double derivatives(const VectorXd& at, VectorXd& gradient, MatrixXd& hessian) const override {
    gradient = VectorXd::Constant(1, df(at[0]));
    hessian = MatrixXd::Constant(1, 1, ddf(at[0]));
    return value(at);
  }
};

VectorXd scalar(double x) { return VectorXd::Constant(1, x); }

}  // namespace

TEST_CASE("Newton's method solves a quadratic in one step and sees it in the next",
          "[estimators]") {
  Matrix2d hessian;
  hessian << 4, 1, 1, 3;
  const Vector2d centre(2.5, -7);
  const NewtonResult result = minimize(Quadratic(hessian, centre), VectorXd::Zero(2));
  CHECK(result.converged);
  CHECK(result.iterations <= 2);
  CHECK((result.solution - centre).norm() < 1e-13);
  CHECK(result.hessian.isApprox(hessian));
  CHECK(result.value < 1e-25);
}

TEST_CASE("Newton's method stays where it starts when that is the minimum", "[estimators]") {
  const NewtonResult result =
      minimize(Quadratic(Matrix2d::Identity(), Vector2d::Zero()), VectorXd::Zero(2));
  CHECK(result.converged);
  CHECK(result.iterations <= 1);
  CHECK(result.solution == VectorXd::Zero(2));
}

TEST_CASE("Newton's method is indifferent to the units of the parameters", "[estimators]") {
  Matrix2d hessian;
  hessian << 1e-16, 0.5, 0.5, 1e16;
  const Vector2d centre(3e8, 2e-9);
  const NewtonResult result = minimize(Quadratic(hessian, centre), VectorXd::Zero(2));
  CHECK(result.converged);
  CHECK(result.solution[0] == Approx(centre[0]).epsilon(1e-12));
  CHECK(result.solution[1] == Approx(centre[1]).epsilon(1e-12));
}

TEST_CASE("Newton's method descends from a start where the full step overshoots", "[estimators]") {
  // Without a line search sqrt(1 + x^2) diverges from any |x| > 1: the step is -x (1 + x^2).
  const Curve curve([](double x) { return std::sqrt(1 + x * x); },
                    [](double x) { return x / std::sqrt(1 + x * x); },
                    [](double x) { return std::pow(1 + x * x, -1.5); });
  const NewtonResult result = minimize(curve, scalar(50));
  CHECK(result.converged);
  CHECK(std::abs(result.solution[0]) < 1e-9);
  CHECK(result.value == 1);
}

TEST_CASE("Newton's method steps back from where the function is not finite", "[estimators]") {
  // x - log(x): the first step from 3 lands at -3.
  const Curve curve([](double x) { return x - std::log(x); }, [](double x) { return 1 - 1 / x; },
                    [](double x) { return 1 / (x * x); });
  const NewtonResult result = minimize(curve, scalar(3));
  CHECK(result.converged);
  CHECK(result.solution[0] == Approx(1).epsilon(1e-12));
}

TEST_CASE("Newton's method ends unconverged when there is no minimum", "[estimators]") {
  SECTION("a slope that never ends") {
    const Curve curve([](double x) { return -x; }, [](double) { return -1.0; },
                      [](double) { return 0.0; });
    CHECK_FALSE(minimize(curve, scalar(0)).converged);
  }
  SECTION("a slope along a direction without curvature") {
    struct Valley final : Objective {
      double value(const VectorXd& x) const override {
        return 0.5 * std::pow(x[0] + x[1], 2) + x[0];
      }
      double derivatives(const VectorXd& x, VectorXd& g, MatrixXd& h) const override {
        g = Vector2d(x[0] + x[1] + 1, x[0] + x[1]);
        h = Matrix2d::Ones();
        return value(x);
      }
    };
    CHECK_FALSE(minimize(Valley(), VectorXd::Zero(2)).converged);
  }
  SECTION("an infimum that is never reached") {
    const Curve curve([](double x) { return std::exp(-x); }, [](double x) { return -std::exp(-x); },
                      [](double x) { return std::exp(-x); });
    mlserve::estimators::NewtonOptions options;
    options.max_iterations = 15;
    const NewtonResult result = minimize(curve, scalar(0), options);
    CHECK_FALSE(result.converged);
    CHECK(result.iterations == 15);
    CHECK(result.hessian(0, 0) == std::exp(-result.solution[0]));
  }
}

TEST_CASE("Newton's method ends unconverged when the derivatives are not finite", "[estimators]") {
  const double nan = std::numeric_limits<double>::quiet_NaN();
  const double infinity = std::numeric_limits<double>::infinity();
  for (const double bad : {nan, infinity}) {
    const Curve curve([](double x) { return x * x; }, [bad](double) { return bad; },
                      [](double) { return 2.0; });
    const NewtonResult result = minimize(curve, scalar(1));
    CHECK_FALSE(result.converged);
    CHECK(result.solution[0] == 1);
  }
}
