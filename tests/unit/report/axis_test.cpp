#include "report/axis.hpp"

#include <cmath>
#include <limits>
#include <string>
#include <vector>

#include "support/catch_shim.hpp"

using mlserve::report::Axis;

namespace {

std::vector<std::string> tick_texts(const Axis& axis) {
  std::vector<std::string> texts;
  for (const double tick : axis.ticks()) texts.push_back(axis.tick_text(tick));
  return texts;
}

using Texts = std::vector<std::string>;

}  // namespace

TEST_CASE("An axis goes from tick to tick in round steps", "[report]") {
  CHECK(tick_texts(Axis::unit("p")) == Texts{"0", "0.2", "0.4", "0.6", "0.8", "1.0"});
  CHECK(tick_texts(Axis::of("x", std::vector{3.0, 97.0})) ==
        Texts{"0", "20", "40", "60", "80", "100"});
  CHECK(tick_texts(Axis::of("x", std::vector{-1.3, 0.9})) ==
        Texts{"−1.5", "−1.0", "−0.5", "0", "0.5", "1.0"});
  CHECK(tick_texts(Axis::of("x", std::vector{150000.0, 480000.0})) ==
        Texts{"100,000", "200,000", "300,000", "400,000", "500,000"});
}

TEST_CASE("An axis places values between its ends", "[report]") {
  const Axis axis = Axis::of("x", std::vector{0.0, 10.0});
  CHECK(axis.place(0) == 0);
  CHECK(axis.place(5) == 0.5);
  CHECK(axis.place(10) == 1);
}

TEST_CASE("An axis of odd values is usable", "[report]") {
  const double infinity = std::numeric_limits<double>::infinity();
  for (const auto& values : std::vector<std::vector<double>>{{},
                                                             {std::nan(""), infinity},
                                                             {0},
                                                             {-7, -7},
                                                             {1e150, -1e150},
                                                             {1e-300, 2e-300},
                                                             {1e9, 1e9 + 1e-3}}) {
    const Axis axis = Axis::of("x", values);
    CHECK(axis.ticks().size() >= 2);
    CHECK(axis.ticks().size() <= 8);
    for (const double value : values) {
      if (!std::isfinite(value)) continue;
      CHECK(axis.place(value) >= 0);
      CHECK(axis.place(value) <= 1);
    }
  }
}
