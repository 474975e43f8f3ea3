#include "metrics/stability.hpp"

#include <cmath>
#include <vector>

#include "support/catch_shim.hpp"

#include "support/reference.hpp"

using mlserve::metrics::kLeastShare;
using mlserve::metrics::population_stability_index;

using Counts = std::vector<double>;

TEST_CASE("Population stability indices agree with numpy", "[metrics]") {
  const nlohmann::json cases = mlserve::testing::read_reference("stability.json").at("cases");
  REQUIRE(cases.size() >= 8);
  for (const auto& [name, counts] : cases.items()) {
    CAPTURE(name);
    const Counts expected = counts.at("expected");
    const Counts actual = counts.at("actual");
    const double index = counts.at("index");
    // Sums of some ten terms.
    CHECK(population_stability_index(expected, actual) ==
          Approx(index).epsilon(1e-12).margin(1e-15));
    CHECK(population_stability_index(actual, expected) ==
          Approx(index).epsilon(1e-12).margin(1e-15));
  }
}

TEST_CASE("The index of two bins is what the formula gives by hand", "[metrics]") {
  CHECK(population_stability_index(Counts{1, 1}, Counts{3, 1}) ==
        Approx(0.25 * std::log(1.5) - 0.25 * std::log(0.5)).epsilon(1e-14));
  CHECK(population_stability_index(Counts{5, 5}, Counts{700, 700}) == 0);
}

TEST_CASE("An empty bin counts as the least share", "[metrics]") {
  CHECK(
      population_stability_index(Counts{1, 1}, Counts{2, 0}) ==
      Approx(0.5 * std::log(2) + (kLeastShare - 0.5) * std::log(kLeastShare / 0.5)).epsilon(1e-14));
  CHECK(population_stability_index(Counts{1, 0, 1}, Counts{1, 0, 1}) == 0);
}

TEST_CASE("Without rows on a side there is no index", "[metrics]") {
  CHECK(std::isnan(population_stability_index(Counts{0, 0}, Counts{1, 2})));
  CHECK(std::isnan(population_stability_index(Counts{1, 2}, Counts{0, 0})));
  CHECK(std::isnan(population_stability_index(Counts{}, Counts{})));
}
