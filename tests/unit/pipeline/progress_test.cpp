#include "core/progress.hpp"

#include <algorithm>
#include <stdexcept>
#include <string>
#include <vector>

#include "support/catch_shim.hpp"

#include "core/atomic_file.hpp"
#include "data/input.hpp"
#include "model/model_file.hpp"
#include "pipeline/predict_file.hpp"
#include "pipeline/train.hpp"
#include "support/trained.hpp"

using namespace mlserve;

namespace {

data::Input input_of(const std::string& text) {
  return {"text", [&text] { return data::memory_source(text); }, true, text.size()};
}

/// What stops a work.
struct Enough : std::runtime_error {
  Enough() : std::runtime_error("enough") {}
};

class NoSink final : public data::ByteSink {
 public:
  void write(std::string_view) override {}
  void commit() override {}
};

pipeline::TrainOptions searching() {
  pipeline::TrainOptions options;
  options.folds = 3;
  options.search_C = {0.1, 1};
  options.threads = 3;
  return options;
}

}  // namespace

TEST_CASE("A training tells how far it is, from 0 to 1, and is the same", "[pipeline]") {
  const std::string csv = read_file(testing::kTitanic, std::size_t{1} << 20);
  std::vector<double> shares;
  pipeline::TrainOptions options = searching();
  options.progress = [&](double share) { shares.push_back(share); };
  const std::string told =
      model::to_text(pipeline::train(std::vector{input_of(csv)}, options).model);
  CHECK(std::is_sorted(shares.begin(), shares.end()));
  CHECK(shares.front() > 0);
  CHECK(shares.back() == 1);
  // Of the reading, of 6 fits of the search, of 3 folds, of the fit.
  CHECK(std::count_if(shares.begin(), shares.end(), [](double share) { return share > 0.5; }) >=
        11);
  CHECK(told == model::to_text(pipeline::train({testing::kTitanic}, searching()).model));
}

TEST_CASE("A training stops where its progress says so", "[pipeline]") {
  const std::string csv = read_file(testing::kTitanic, std::size_t{1} << 20);
  for (const double where : {0.0, 0.4, 0.6, 0.75, 0.9, 1.0}) {
    pipeline::TrainOptions options = searching();
    double last = 0;
    options.progress = [&](double share) {
      last = share;
      if (share >= where) throw Enough();
    };
    CHECK_THROWS_AS(pipeline::train(std::vector{input_of(csv)}, options), Enough);
    CHECK(last >= where);
  }
}

TEST_CASE("An input whose columns turn out to be texts is read again", "[pipeline]") {
  std::string csv = "x,y\n";
  for (int i = 0; i < 60'000; ++i) csv += std::to_string(i) + "," + std::to_string(i % 2) + "\n";
  csv += "none,1\n";
  int opened = 0;
  data::Input input = input_of(csv);
  input.open = [&] {
    ++opened;
    return data::memory_source(csv);
  };
  pipeline::TrainOptions options;
  options.target = "y";
  options.features = {"x"};
  options.categorical = {"x"};
  pipeline::infer_files({input}, options);
  CHECK(opened == 2);
}

TEST_CASE("A prediction tells how much it has read, and stops where its progress says so",
          "[pipeline]") {
  std::string csv = "Age,Sex,Embarked\n";
  for (int i = 0; i < 1'000'000; ++i) csv += std::to_string(i % 90) + ",male,S\n";
  const model::Model model = pipeline::train({testing::kTitanic}, {}).model;
  NoSink sink;
  pipeline::PredictOptions options;
  options.input_format = pipeline::FileFormat::csv;
  options.threads = 2;
  std::vector<double> shares;
  options.progress = [&](double share) { shares.push_back(share); };
  CHECK(pipeline::predict_rows(model, input_of(csv), options, sink).rows == 1'000'000);
  CHECK(std::is_sorted(shares.begin(), shares.end()));
  CHECK(shares.size() > 3);
  CHECK(shares.back() == 1);

  double last = 0;
  options.progress = [&](double share) {
    last = share;
    if (share > 0.3) throw Enough();
  };
  CHECK_THROWS_AS(pipeline::predict_rows(model, input_of(csv), options, sink), Enough);
  CHECK(last < 1);
}
