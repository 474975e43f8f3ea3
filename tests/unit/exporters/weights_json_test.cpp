#include "exporters/weights_json.hpp"

#include <string>

#include "support/catch_shim.hpp"
#include <nlohmann/json.hpp>

#include "support/made_models.hpp"

namespace {

using namespace mlserve;
using Json = nlohmann::json;

Json weights(const model::Model& model) { return Json::parse(exporters::weights_json(model)); }

}  // namespace

TEST_CASE("The weights of two classes stand by feature and category", "[weights]") {
  const Json json = weights(testing::small_model());
  CHECK(json["format"] == "mlserve.weights");
  CHECK(json["target"] == Json::parse(R"({"name":"survived","type":"integer","classes":[0,1]})"));
  CHECK(json["threshold"] == 0.5);
  CHECK(json["intercept"] == Json{-0.1});
  // Its coefficients are 1/3, -1/4, 1/5; a missing age is 0/3 + 90/5 = 18.
  CHECK(json["features"][0] == Json{{"name", "age"},
                                    {"kind", "numeric"},
                                    {"weight", {1.0 / 3}},
                                    {"when_missing", {1.0 / 3 * 18}}});
  CHECK(json["features"][1]["weights"] == Json{{"female", {-0.25}}, {"male", {0.2}}});
  CHECK(json["features"][1]["when_missing"] == Json{0.0});
}

TEST_CASE("The weights of several classes have one number a class", "[weights]") {
  const Json json = weights(testing::make_model(
      {testing::number("n", 0, 1), testing::categories("k", {"a", "b"}),
       testing::text("t", {"cat"}), testing::date("d")},
      {"y", features::TargetType::string, {"x", "y", "z"}, {1, 1, 1}}, {{0, 1}}));
  CHECK_FALSE(json.contains("threshold"));
  CHECK(json["intercept"].size() == 3);
  CHECK(json["features"][0]["weight"].size() == 3);
  CHECK(json["features"][1]["weights"]["b"].size() == 3);
  CHECK(json["features"][2]["words"]["cat"]["idf"] == 1);
  CHECK(json["features"][2]["words"]["cat"]["weight"].size() == 3);
  CHECK(json["features"][3]["weights"]["month"].size() == 3);
  CHECK(json["interactions"][0]["features"] == Json{"n", "k"});
  CHECK(json["interactions"][0]["weights"]["a"].size() == 3);
}

TEST_CASE("Weights carry any name", "[weights]") {
  const model::Model model = testing::awkward_model();
  const Json json = weights(model);
  for (std::size_t f = 0; f < model.schema.features.size(); ++f)
    CHECK(json["features"][f]["name"] == model.schema.features[f].name);
  CHECK(json["features"][1]["weights"].contains("*/ \"x\""));
}
