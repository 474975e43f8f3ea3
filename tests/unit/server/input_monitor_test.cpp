#include "server/input_monitor.hpp"

#include <chrono>
#include <limits>
#include <thread>
#include <vector>

#include "support/catch_shim.hpp"

#include "metrics/stability.hpp"
#include "support/made_models.hpp"

using namespace mlserve;
using namespace std::chrono_literals;
using server::InputMonitor;

namespace {

constexpr auto kHour = std::chrono::hours(1);
constexpr double kMissingAge = std::numeric_limits<double>::quiet_NaN();

/// Ages from 0 to 90 in nine bins, ten training rows in each.
model::Model model_of_ages() {
  model::Model model = testing::small_model();
  features::Histogram histogram;
  for (int i = 0; i <= 9; ++i) histogram.edges.push_back(10 * i);
  histogram.counts.assign(9, 10);
  model.schema.features[0].histogram = histogram;
  model.schema.features[1].counts = {45, 45};
  model.training.rows = 90;
  return model;
}

/// A monitor of the model, and a client that predicts.
struct Bench {
  explicit Bench(model::Model made = model_of_ages())
      : model(std::move(made)), scorer(model), monitor(model, begin) {}

  void predict(double age, std::uint32_t sex, std::size_t times = 1) {
    features::EncodedRows rows(model.schema);
    for (std::size_t i = 0; i < times; ++i) {
      const std::size_t row = rows.append_missing();
      rows.set_number(row, 0, age);
      rows.set_code(row, 1, sex);
    }
    model::Scores scores;
    scorer.score(rows, scores);
    monitor.observe(rows, scores, scorer);
  }
  /// As many rows of each bin and each sex as in training, or a multiple of them.
  void predict_as_trained(std::size_t times) {
    for (int bin = 0; bin < 9; ++bin) {
      predict(10 * bin + 5, features::kFirstCategory, 5 * times);
      predict(10 * bin + 5, features::kFirstCategory + 1, 5 * times);
    }
  }
  InputMonitor::Figures figures(std::chrono::nanoseconds after = 0s) {
    return monitor.figures(begin + after, kHour);
  }

  const server::SteadyTime begin{};
  model::Model model;
  model::Scorer scorer;
  InputMonitor monitor;
};

}  // namespace

TEST_CASE("A monitor counts missing, unknown and out-of-range values and predictions", "[server]") {
  Bench bench;
  bench.predict(kMissingAge, features::kUnknown, 3);
  bench.predict(91, features::kMissing, 2);
  bench.predict(-1, features::kFirstCategory);
  const InputMonitor::Figures figures = bench.figures();
  CHECK(figures.features[0].warnings.missing == 3);
  CHECK(figures.features[0].warnings.out_of_range == 3);
  CHECK(figures.features[1].warnings.unknown == 3);
  CHECK(figures.features[1].warnings.missing == 2);
  REQUIRE(figures.predictions.size() == 2);
  CHECK(figures.predictions[0] + figures.predictions[1] == 6);
}

TEST_CASE("Predictions are counted as the scorer labels them, of several classes, too",
          "[server]") {
  Bench bench(testing::make_model(
      {testing::number("age", 0, 90), testing::categories("sex", {"female", "male"})},
      {"port", features::TargetType::string, {"C", "Q", "S"}, {6, 4, 2}}));
  features::EncodedRows rows(bench.model.schema);
  rows.append_missing();
  model::Scores scores;
  bench.scorer.score(rows, scores);
  std::vector<std::uint64_t> expected(3);
  ++expected[bench.scorer.label(scores.row(0))];
  bench.monitor.observe(rows, scores, bench.scorer);
  CHECK(bench.figures().predictions == expected);
}

TEST_CASE("A regression has no predictions by class", "[server]") {
  features::Target target{"fare", features::TargetType::real, {}, {}};
  target.task = features::Task::regression;
  model::Model model = testing::make_model(
      {testing::number("age", 0, 90), testing::categories("sex", {"female", "male"})}, target);
  model.estimator = model::Estimator::linear;
  Bench bench(std::move(model));
  bench.predict(20, features::kFirstCategory);
  CHECK(bench.figures().predictions.empty());
}

TEST_CASE("Rows like those of training are stable, others are not", "[server]") {
  Bench bench;
  bench.predict_as_trained(2);
  CHECK(bench.figures().features[0].stability == Approx(0).margin(1e-15));
  CHECK(bench.figures().features[1].stability == Approx(0).margin(1e-15));
  bench.predict(1000, features::kUnknown, 180);
  const std::vector<double> trained = {0, 10, 10, 10, 10, 10, 10, 10, 10, 10};
  const std::vector<double> of_late = {0, 20, 20, 20, 20, 20, 20, 20, 20, 200};
  CHECK(bench.figures().features[0].stability ==
        metrics::population_stability_index(trained, of_late));
  CHECK(bench.figures().features[1].stability > 1.0);
}

TEST_CASE("There is no index before there are rows enough for it", "[server]") {
  Bench bench;
  bench.predict_as_trained(1);
  CHECK_FALSE(bench.figures().features[0].stability);
  bench.predict(5, features::kFirstCategory, 9);
  CHECK_FALSE(bench.figures().features[1].stability);
  bench.predict(5, features::kFirstCategory);
  CHECK(bench.figures().features[0].stability);
  CHECK(bench.figures().features[1].stability);
}

TEST_CASE("Many categories need more rows: ten for each", "[server]") {
  std::vector<std::string> categories;
  for (int k = 0; k < 40; ++k) categories.push_back(std::to_string(1000 + k));
  Bench bench(
      testing::make_model({testing::number("age", 0, 90), testing::categories("zip", categories)},
                          {"survived", features::TargetType::integer, {"0", "1"}, {6, 4}}));
  bench.predict(5, features::kFirstCategory, 399);
  CHECK_FALSE(bench.figures().features[1].stability);
  bench.predict(5, features::kFirstCategory);
  CHECK(bench.figures().features[1].stability);
}

TEST_CASE("The index is of the last window, the counts are of all time", "[server]") {
  Bench bench;
  bench.predict(1000, features::kUnknown, 500);
  CHECK(bench.figures(10min).features[0].stability > 1.0);
  CHECK(bench.figures(30min).features[0].stability > 1.0);  // the first half has ended
  bench.predict_as_trained(2);
  CHECK(bench.figures(50min).features[0].stability > 1.0);
  CHECK(bench.figures(60min).features[0].stability == Approx(0).margin(1e-15));
  CHECK(bench.figures(60min).features[0].warnings.out_of_range == 500);
  CHECK_FALSE(bench.figures(90min).features[0].stability);
}

TEST_CASE("Threads that are counted at once lose nothing", "[server]") {
  Bench bench;
  constexpr std::size_t kRounds = 500;
  std::vector<std::thread> threads;
  for (int i = 0; i < 4; ++i) {
    threads.emplace_back([&] {
      for (std::size_t round = 0; round < kRounds; ++round) bench.predict(1000, features::kUnknown);
    });
  }
  for (int i = 0; i < 20; ++i) bench.figures();
  for (std::thread& thread : threads) thread.join();
  CHECK(bench.figures().features[1].warnings.unknown == 4 * kRounds);
}
