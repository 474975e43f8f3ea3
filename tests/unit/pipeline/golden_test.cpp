#include <algorithm>
#include <cmath>
#include <cstddef>
#include <string>
#include <vector>

#include "support/catch_shim.hpp"

#include "core/atomic_file.hpp"
#include "model/model_file.hpp"
#include "model/scorer.hpp"
#include "pipeline/predict_file.hpp"
#include "pipeline/train.hpp"
#include "support/temporary_folder.hpp"

// Models of every released format version are in tests/golden, with the answers they gave; its
// README.md says how they were made.

namespace {

using namespace mlserve;

const std::string kSource = MLSERVE_SOURCE_DIR;
const std::string kGolden = kSource + "/tests/golden/";

struct Golden {
  std::string name;      ///< of the model
  std::string training;  ///< the CSV file that it was made from
  std::string target;
};

const Golden kTitanic = {"titanic_v1", kSource + "/data/titanic.csv", "Survived"};
const Golden kAwkward = {"awkward_v1", kGolden + "awkward.csv", "Antwort: \"?\""};

std::string text_of(const std::string& path) { return read_file(path, std::size_t{1} << 24); }

/// What the model gives for `input`, of classes with the probabilities, and explained if wanted.
std::string predictions(const model::Model& model, const std::string& input, bool explain = false) {
  const testing::TemporaryFolder folder;
  pipeline::PredictFileOptions options;
  options.input = input;
  options.output = folder.file("out");
  options.probabilities = !model.schema.target.classes.empty();
  options.explain = explain;
  pipeline::predict_file(model, options);
  return text_of(options.output);
}

}  // namespace

TEST_CASE("A model of an earlier program gives its answers to the bit", "[pipeline]") {
  const Golden& golden = GENERATE_REF(kTitanic, kAwkward);
  const model::Model model = model::load(kGolden + golden.name + ".json");
  CHECK(predictions(model, golden.training) == text_of(kGolden + golden.name + ".predictions.csv"));
}

TEST_CASE("A model of format version 2 gives its answers to the bit", "[pipeline]") {
  const model::Model kinds = model::load(kGolden + "kinds_v2.json");
  CHECK(predictions(kinds, kGolden + "kinds.csv", true) ==
        text_of(kGolden + "kinds_v2.predictions.csv"));
  const model::Model counts = model::load(kGolden + "counts_v2.json");
  CHECK(predictions(counts, kGolden + "kinds.csv") ==
        text_of(kGolden + "counts_v2.predictions.csv"));
}

TEST_CASE("A model of an earlier program answers the four passengers to the bit", "[pipeline]") {
  const model::Model model = model::load(kGolden + "titanic_v1.json");
  CHECK(predictions(model, kSource + "/data/passengers.json") ==
        text_of(kGolden + "titanic_v1.passengers.json"));
}

TEST_CASE("Training today gives the predictions of the golden model", "[pipeline]") {
  const Golden& golden = GENERATE_REF(kTitanic, kAwkward);
  const model::Model then = model::load(kGolden + golden.name + ".json");
  pipeline::TrainOptions options;
  options.target = golden.target;
  options.features = then.schema.feature_names();
  const model::Model now = pipeline::train({golden.training}, options).model;
  CHECK(now.schema.feature_names() == then.schema.feature_names());
  CHECK(now.schema.target.classes == then.schema.target.classes);
  CHECK(now.training.data_hash == then.training.data_hash);
  REQUIRE(now.golden_rows.size() == then.golden_rows.size());
  for (std::size_t i = 0; i < then.golden_rows.size(); ++i) {
    CHECK(now.golden_rows[i].record == then.golden_rows[i].record);
    CHECK(now.golden_rows[i].scores[0] == Approx(then.golden_rows[i].scores[0]).epsilon(1e-9));
  }
  REQUIRE(now.columns.size() == then.columns.size());
  double largest = std::abs(then.intercepts[0]);
  for (const double value : then.coefficients[0]) largest = std::max(largest, std::abs(value));
  for (std::size_t c = 0; c < then.columns.size(); ++c) {
    CHECK(now.columns[c].name == then.columns[c].name);
    CHECK(std::abs(now.coefficients[0][c] - then.coefficients[0][c]) < 1e-9 * largest);
  }
}
