#include "metrics/distributions.hpp"

#include <cmath>
#include <limits>

#include "support/catch_shim.hpp"

#include "support/metrics_reference.hpp"

using mlserve::metrics::kNormalQuantile975;
using mlserve::metrics::t_quantile_975;
using mlserve::metrics::two_sided_normal_p;
using mlserve::metrics::two_sided_t_p;
using mlserve::testing::metrics_reference;

TEST_CASE("p-values of a normal statistic are those of its two tails", "[metrics]") {
  CHECK(two_sided_normal_p(0.0) == 1.0);
  CHECK(two_sided_normal_p(kNormalQuantile975) == Approx(0.05).epsilon(1e-12));
  CHECK(two_sided_normal_p(-2.5758293035489004) == Approx(0.01).epsilon(1e-12));
  CHECK(two_sided_normal_p(40.0) < 1e-300);
}

TEST_CASE("Student's distribution agrees with scipy", "[metrics]") {
  const nlohmann::json& section = metrics_reference().at("student");
  // The incomplete beta function subtracts logarithms of gamma functions as large as the degrees.
  const auto near = [](double expected, double degrees) {
    return Approx(expected).epsilon(degrees > 1e5 ? 1e-8 : 1e-9).margin(1e-300);
  };
  for (const nlohmann::json& row : section.at("two_sided_p")) {
    INFO(row.dump());
    CHECK(two_sided_t_p(row.at(0), row.at(1)) == near(row.at(2), row.at(1)));
  }
  for (const nlohmann::json& row : section.at("quantile_975")) {
    INFO(row.dump());
    CHECK(t_quantile_975(row.at(0)) == near(row.at(1), row.at(0)));
  }
}

TEST_CASE("Student's distribution needs degrees of freedom", "[metrics]") {
  CHECK(std::isnan(two_sided_t_p(1.0, 0.0)));
  CHECK(std::isnan(t_quantile_975(0.0)));
  CHECK(std::isnan(t_quantile_975(-1.0)));
}

TEST_CASE("An infinite statistic has the p-value 0", "[metrics]") {
  CHECK(two_sided_t_p(std::numeric_limits<double>::infinity(), 5.0) == 0);
  CHECK(std::isnan(two_sided_t_p(std::numeric_limits<double>::quiet_NaN(), 5.0)));
}
