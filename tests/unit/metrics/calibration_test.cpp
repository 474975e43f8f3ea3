#include "metrics/calibration.hpp"

#include <cstddef>
#include <limits>
#include <vector>

#include "support/catch_shim.hpp"

#include "support/metrics_reference.hpp"

using mlserve::metrics::BinRule;
using mlserve::metrics::calibration_table;
using mlserve::metrics::CalibrationBin;
using mlserve::testing::class_rows;
using mlserve::testing::ClassRows;
using mlserve::testing::expanded;
using mlserve::testing::metrics_reference;

namespace {

void check_agrees(const std::vector<CalibrationBin>& table, const nlohmann::json& expected) {
  REQUIRE(table.size() == expected.at("observed_share").size());
  for (std::size_t i = 0; i < table.size(); ++i) {
    CHECK(table[i].observed_share ==
          Approx(expected.at("observed_share").at(i).get<double>()).epsilon(1e-12));
    CHECK(table[i].mean_predicted ==
          Approx(expected.at("mean_predicted").at(i).get<double>()).epsilon(1e-12));
  }
}

}  // namespace

TEST_CASE("Calibration tables agree with scikit-learn", "[metrics]") {
  const nlohmann::json& sections = metrics_reference().at("classes");
  const ClassRows cancer = class_rows(sections.at("breast_cancer"));
  const nlohmann::json& binary = sections.at("breast_cancer").at("curves");
  check_agrees(calibration_table(cancer.scores()), binary.at("equal_width_10"));
  check_agrees(calibration_table(cancer.scores(), 1, BinRule::equal_count, 5),
               binary.at("equal_count_5"));
  const ClassRows iris = class_rows(sections.at("iris"));
  const nlohmann::json& several = sections.at("iris").at("curves_of_class_1");
  check_agrees(calibration_table(iris.scores(), 1), several.at("equal_width_10"));
  check_agrees(calibration_table(iris.scores(), 1, BinRule::equal_count, 5),
               several.at("equal_count_5"));
}

TEST_CASE("Calibration bins of weighted rows are those of the single ones", "[metrics]") {
  const nlohmann::json& section = metrics_reference().at("classes").at("breast_cancer");
  ClassRows grouped = class_rows(section);
  grouped.weights = section.at("weights").get<std::vector<double>>();
  const ClassRows single = expanded(grouped);
  for (const BinRule rule : {BinRule::equal_width, BinRule::equal_count}) {
    const auto a = calibration_table(grouped.scores(), 1, rule, 7);
    const auto b = calibration_table(single.scores(), 1, rule, 7);
    REQUIRE(a.size() == b.size());
    double rows = 0;
    for (std::size_t i = 0; i < a.size(); ++i) {
      CHECK(a[i].lower == b[i].lower);
      CHECK(a[i].upper == b[i].upper);
      CHECK(a[i].rows == b[i].rows);
      CHECK(a[i].observed_share == b[i].observed_share);
      CHECK(a[i].mean_predicted == Approx(b[i].mean_predicted).epsilon(1e-12));
      rows += a[i].rows;
    }
    CHECK(rows == static_cast<double>(single.labels.size()));
  }
}

TEST_CASE("A probability on an edge is in the lower bin, empty bins are left out", "[metrics]") {
  const std::vector<double> labels{0, 1, 1, 0};
  const std::vector<double> probabilities{0.0, 0.25, 0.5, 1.0};
  const auto table = calibration_table({labels, probabilities, 2, {}}, 1, BinRule::equal_width, 4);
  REQUIRE(table.size() == 3);
  CHECK(table[0].rows == 2);
  CHECK(table[0].mean_predicted == 0.125);
  CHECK(table[0].observed_share == 0.5);
  CHECK(table[1].lower == 0.25);
  CHECK(table[1].upper == 0.5);
  CHECK(table[2].lower == 0.75);
}

TEST_CASE("One row makes one bin and numbers that are none make no table", "[metrics]") {
  const std::vector<double> labels{1};
  const std::vector<double> probability{0.3};
  CHECK(calibration_table({labels, probability, 2, {}}).size() == 1);
  const auto single = calibration_table({labels, probability, 2, {}}, 1, BinRule::equal_count, 3);
  REQUIRE(single.size() == 1);
  CHECK(single[0].lower == 0.3);
  CHECK(single[0].upper == 0.3);
  CHECK(calibration_table({}).empty());
  const std::vector<double> none{std::numeric_limits<double>::quiet_NaN()};
  CHECK(calibration_table({labels, none, 2, {}}).empty());
}
