#include "exporters/onnx.hpp"

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "support/catch_shim.hpp"

#include "support/errors.hpp"
#include "support/made_models.hpp"

// What the graph computes is compared with the model in tests/exports/onnx_test.py.

namespace {

using namespace mlserve;

/// What is said of a model that cannot be carried; empty when it can.
std::string refusal(const model::Model& model) {
  const std::optional<Error> error = testing::error_of([&] { exporters::onnx_model(model); });
  if (!error) return {};
  CHECK(error->kind() == ErrorKind::invalid_argument);
  return error->what();
}

features::Target two_classes() { return {"y", features::TargetType::string, {"a", "b"}, {1, 1}}; }

model::Model of_feature(features::Feature feature, features::Target target = two_classes()) {
  return testing::make_model({std::move(feature)}, std::move(target));
}

model::Model regression(features::Feature feature) {
  model::Model model = of_feature(
      std::move(feature), {"y", features::TargetType::real, {}, {}, features::Task::regression});
  model.estimator = model::Estimator::linear;
  return model;
}

}  // namespace

TEST_CASE("An ONNX graph refuses what no standard operator can do", "[exporters]") {
  CHECK(refusal(of_feature(testing::text("note", {"good"}))) ==
        "an ONNX graph cannot carry the text 'note': ONNX has no standard operator that splits a "
        "text into words");
  CHECK(refusal(of_feature(testing::date("day"))) ==
        "an ONNX graph cannot carry the date 'day': ONNX has no standard operator that reads a "
        "date");
  model::Model strict = testing::small_model();
  strict.schema.refuses_missing = true;
  CHECK(refusal(strict) ==
        "an ONNX graph cannot carry the refusal of missing values: it scores all rows or none");
}

TEST_CASE("An ONNX graph refuses what a missing value adds beyond a double", "[exporters]") {
  model::Model model = of_feature(testing::number("n", 0, 1e150));
  model.coefficients = {{1e200}};
  CHECK(refusal(model) ==
        "an ONNX graph cannot carry the missing values of 'n': what they add is beyond the range "
        "of a double");
}

TEST_CASE("An ONNX graph refuses features whose names cannot be those of inputs", "[exporters]") {
  CHECK(refusal(of_feature(testing::number("", 0, 1))) ==
        "an ONNX graph cannot carry the feature '': its inputs are known by their names, and none "
        "may be empty");
  for (const std::string name : {"label", "probabilities"}) {
    CHECK(refusal(of_feature(testing::number(name, 0, 1))) ==
          "an ONNX graph cannot carry the feature '" + name +
              "': it has an output of that name, and no two of its tensors may share one");
    CHECK(refusal(regression(testing::number(name, 0, 1))).empty());
  }
  CHECK_FALSE(refusal(regression(testing::number("prediction", 0, 1))).empty());
  CHECK(refusal(of_feature(testing::number("prediction", 0, 1))).empty());
}

TEST_CASE("An ONNX graph carries any other names, always in the same bytes", "[exporters]") {
  model::Model model = testing::awkward_model();
  for (features::Feature& feature : model.schema.features)
    if (feature.name.empty()) feature.name = "of no name";
  CHECK(refusal(model).empty());
  CHECK(exporters::onnx_model(model) == exporters::onnx_model(model));
}
