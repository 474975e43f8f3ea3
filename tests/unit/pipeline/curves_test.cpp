#include "pipeline/curves.hpp"

#include <cmath>
#include <string>
#include <vector>

#include "support/catch_shim.hpp"
#include <nlohmann/json.hpp>

#include "data/json_writer.hpp"
#include "pipeline/describe.hpp"

using namespace mlserve;
using Json = nlohmann::json;

namespace {

/// Rows of two classes: probabilities of the second, and what they are.
pipeline::ScoredTargets two_classes() {
  pipeline::ScoredTargets scored;
  scored.targets = {0, 0, 1, 1};
  scored.scores.width = 1;
  scored.scores.values = {0.1, 0.4, 0.35, 0.8};
  return scored;
}

features::Target target_of_two() {
  features::Target target;
  target.name = "y";
  target.task = features::Task::classification;
  target.type = features::TargetType::integer;
  target.classes = {"0", "1"};
  return target;
}

Json details(const features::Target& target, const pipeline::ScoredTargets& scored) {
  std::string text;
  data::JsonWriter json(text);
  pipeline::write_details(json, target, pipeline::measure(target, scored, 0.5), scored);
  return Json::parse(text);
}

}  // namespace

TEST_CASE("Of two classes the second has its curves, whole when they are short", "[pipeline]") {
  const pipeline::ScoredTargets scored = two_classes();
  const auto curves = pipeline::class_curves(pipeline::class_scores(target_of_two(), scored), 100);
  REQUIRE(curves.size() == 1);
  CHECK(curves[0].of_class == 1);
  CHECK(curves[0].roc_auc == 0.75);
  CHECK(curves[0].roc.front().x == 0);
  CHECK(curves[0].roc.back().y == 1);
}

TEST_CASE("The details of classes have curves as pairs", "[pipeline]") {
  const Json written = details(target_of_two(), two_classes());
  REQUIRE(written.at("curves").size() == 1);
  const Json& curve = written.at("curves")[0];
  CHECK(curve.at("class") == 1);
  // By hand: one row of four is passed over at each threshold.
  CHECK(curve.at("roc") == Json::parse("[[0,0],[0,0.5],[0.5,0.5],[0.5,1],[1,1]]"));
  CHECK(curve.at("precision_recall").back() == Json::parse("[0,1]"));
  CHECK_FALSE(written.contains("predictions"));
}

TEST_CASE("The details of numbers have predictions of evenly spaced rows", "[pipeline]") {
  features::Target target;
  target.name = "y";
  target.task = features::Task::regression;
  pipeline::ScoredTargets scored;
  scored.scores.width = 1;
  for (int i = 0; i < 1000; ++i) {
    scored.targets.push_back(i);
    scored.scores.values.push_back(2.0 * i);
  }
  const Json written = details(target, scored);
  REQUIRE(written.at("predictions").size() == 200);
  CHECK(written.at("predictions")[1] == Json::parse("[10,5]"));
  CHECK_FALSE(written.contains("curves"));
  CHECK(pipeline::sampled_predictions(two_classes(), 100).size() == 4);
  CHECK(pipeline::sampled_predictions(two_classes(), 3).size() == 2);
}
