#include "jobs/parameters.hpp"

#include <string>

#include "support/catch_shim.hpp"

#include "support/errors.hpp"

using namespace mlserve;

TEST_CASE("Parameters of jobs come back from their JSON", "[jobs]") {
  const auto predict = jobs::predict_parameters(
      to_json(jobs::PredictParameters{pipeline::FileFormat::csv, true, false}));
  CHECK(predict.format == pipeline::FileFormat::csv);
  CHECK(predict.probabilities);
  CHECK_FALSE(predict.explain);

  jobs::TrainParameters train;
  train.options = {
      {"target", "Überlebt \"?\""}, {"C", "0.5"}, {"search", "C=1"}, {"search", "C=2"}};
  train.promote = false;
  const auto again = jobs::train_parameters(to_json(train));
  CHECK(again.options == train.options);
  CHECK_FALSE(again.promote);
  const auto options = jobs::train_options(again);
  CHECK(options.target == "Überlebt \"?\"");
  CHECK(options.search_C == std::vector{1.0, 2.0});
}

TEST_CASE("Parameters that make no sense are corrupt", "[jobs]") {
  const std::string deep = std::string(100'000, '[') + std::string(100'000, ']');
  for (const std::string& text : {std::string(), std::string("[]"), std::string("{}"), deep,
                                  std::string(R"({"format":"docx","probabilities":false})")}) {
    CHECK(testing::error_kind_of([&] { jobs::predict_parameters(text); }) == ErrorKind::corrupt);
    CHECK(testing::error_kind_of([&] { jobs::train_parameters(text); }) == ErrorKind::corrupt);
  }
}
