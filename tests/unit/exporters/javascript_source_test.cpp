#include "exporters/javascript_source.hpp"

#include <string>

#include "support/catch_shim.hpp"

#include "support/c_compiler.hpp"
#include "support/export_models.hpp"

namespace {

using namespace mlserve;

/// What a module of these statements prints, which may call `predict` and `say`; `say` also tells
/// what was thrown.
std::string run(const model::Model& model, const std::string& statements) {
  constexpr const char* kBegin = R"(
import { features, predict } from "./model.mjs";
import * as model from "./model.mjs";
function say(value) {
  let answer;
  try {
    answer = value();
  } catch (error) {
    answer = `${error.name}: ${error.message}`;
  }
  console.log(typeof answer === "string" ? answer : JSON.stringify(answer));
}
)";
  const std::string node =
      "make() { printf '#!/bin/sh\\nexec node program.mjs\\n' > program; chmod +x program; }; make";
  return testing::compile_and_run(node, {{"program.mjs", kBegin + statements},
                                         {"model.mjs", exporters::javascript_source(model)}});
}

/// A regression that gives its one feature back: a number itself, of a category its number from 1.
model::Model echo(features::Feature feature) {
  model::Model model = testing::model_for("number", {std::move(feature)});
  model.intercepts = {0};
  for (std::size_t c = 0; c < model.columns.size(); ++c)
    model.coefficients[0][c] = static_cast<double>(c + 1);
  return model;
}

}  // namespace

TEST_CASE("The JavaScript export says what it reads and what it predicts", "[exporters]") {
  model::Model model = testing::small_model();
  CHECK(run(model, R"(
say(() => features);
say(() => model.classes);
say(() => Object.keys(predict({ age: 20, sex: "male" })));
say(() => Object.isFrozen(features[0]));
)") == "[{\"name\":\"age\",\"kind\":\"numeric\"},{\"name\":\"sex\",\"kind\":\"categorical\"}]\n"
       "[0,1]\n[\"prediction\",\"probabilities\"]\ntrue\n");
  const model::Model number = testing::model_for("number", {testing::number("age", 0, 90)});
  CHECK(run(number, "say(() => [Object.keys(predict({ age: 2 })), 'classes' in model]);") ==
        "[[\"prediction\"],false]\n");
}

TEST_CASE("Classes of the JavaScript export have the type of the target", "[exporters]") {
  const auto classes = [](features::TargetType type, std::vector<std::string> names) {
    const model::Model model =
        testing::make_model({testing::number("n", 0, 1)}, {"y", type, std::move(names), {1, 1}});
    return run(model, "say(() => [model.classes, predict({ n: 0 }).prediction]);");
  };
  using features::TargetType;
  CHECK(classes(TargetType::boolean, {"false", "true"}) == "[[false,true],false]\n");
  CHECK(classes(TargetType::real, {"-0.5", "1e+300"}) == "[[-0.5,1e+300],-0.5]\n");
  CHECK(classes(TargetType::string, {"1", "__proto__"}) == "[[\"1\",\"__proto__\"],\"1\"]\n");
}

TEST_CASE("The JavaScript export reads numbers as mlserve reads them in JSON", "[exporters]") {
  CHECK(run(echo(testing::number("n", -15, 25)), R"(
const values = [2, "2", " +2.0\n", "2e0", ".5", "2.", true, "False", 2n, -0, "1e-999",
  null, undefined, NaN, "", "NA", "#N/A N/A",
  "old", "1,5", "0x10", "+-1", "Infinity", "1e999", "2e151", 2e151, Infinity, "١", "1 2", "--1",
  [2], [], {}, () => 2, Symbol("2"), new Number(2)];
for (const n of values) say(() => predict({ n }).prediction);
)") == "2\n2\n2\n2\n0.5\n2\n1\n0\n2\n0\n0\n"
       "0\n0\n0\n0\n0\n0\n"
       "TypeError: field 'n': \"old\" is not a number\n"
       "TypeError: field 'n': \"1,5\" is not a number: it has a decimal comma where a point "
       "belongs\n"
       "TypeError: field 'n': \"0x10\" is not a number\n"
       "TypeError: field 'n': \"+-1\" is not a number\n"
       "TypeError: field 'n': \"Infinity\" is not a number\n"
       "TypeError: field 'n': \"1e999\" is not a number\n"
       "TypeError: field 'n': 2e+151 is not a number up to 1e150\n"
       "TypeError: field 'n': 2e+151 is not a number up to 1e150\n"
       "TypeError: field 'n': Infinity is not a number up to 1e150\n"
       "TypeError: field 'n': \"١\" is not a number\n"
       "TypeError: field 'n': \"1 2\" is not a number\n"
       "TypeError: field 'n': \"--1\" is not a number\n"
       "TypeError: field 'n': a list is not a number\n"
       "TypeError: field 'n': a list is not a number\n"
       "TypeError: field 'n': an object is not a number\n"
       "TypeError: field 'n': a function is not a number\n"
       "TypeError: field 'n': a symbol is not a number\n"
       "TypeError: field 'n': an object is not a number\n");
  CHECK(run(echo(testing::boolean("b")), "say(() => predict({ b: 'yes' }));") ==
        "TypeError: field 'b': \"yes\" is not true or false\n");
}

TEST_CASE("The JavaScript export finds categories as mlserve finds them", "[exporters]") {
  CHECK(run(echo(testing::categorical("k", {"007", "3", "4.50", "True", "__proto__", "x"})), R"(
const values = ["007", 7, "7", 3, "3", "3.00", " 3", 3n, 4.5, "4.5", true, "true", false, "x", "X",
  "__proto__", "constructor", "hasOwnProperty", null, "NA", "", 9, ["x"], { x: 1 }];
for (const k of values) say(() => predict({ k }).prediction);
)") == "1\n1\n1\n2\n2\n2\n2\n2\n3\n3\n4\n0\n0\n6\n0\n"
       "5\n0\n0\n0\n0\n0\n0\n"
       "TypeError: field 'k': a list is not a string\n"
       "TypeError: field 'k': an object is not a string\n");
}

TEST_CASE("The JavaScript export reads the fields of a record and nothing else", "[exporters]") {
  model::Model model =
      testing::make_model({testing::number("__proto__", 0, 0), testing::number("toString", 0, 0)},
                          {"y", features::TargetType::integer, {}, {}});
  model.estimator = model::Estimator::linear;
  model.intercepts = {0};
  model.coefficients = {{1, 100}};
  CHECK(run(model, R"(
say(() => predict(JSON.parse('{"__proto__": 5}')).prediction);
say(() => predict(JSON.parse('{"toString": 5, "more": []}')).prediction);
say(() => predict({ ["__proto__"]: 7 }).prediction);
say(() => predict({}));
say(() => predict(Object.create({ toString: 1 })));
for (const record of [null, undefined, 5, "text", [1], true]) say(() => predict(record));
)") == "5\n500\n7\n"
       "TypeError: a record has none of the features __proto__, toString\n"
       "TypeError: a record has none of the features __proto__, toString\n"
       "TypeError: a record is not an object but null\n"
       "TypeError: a record is not an object but undefined\n"
       "TypeError: a record is not an object but a number\n"
       "TypeError: a record is not an object but a string\n"
       "TypeError: a record is not an object but a list\n"
       "TypeError: a record is not an object but a boolean\n");
}

TEST_CASE("The JavaScript export refuses what is no text, no date or missing", "[exporters]") {
  model::Model model =
      testing::model_for("number", {testing::date("d"), testing::text("t", {"cat"})});
  model.schema.refuses_missing = true;
  CHECK(run(model, R"(
say(() => predict({ d: "2024-02-30", t: "a cat" }));
say(() => predict({ d: 5, t: "a cat" }));
say(() => predict({ d: "2024-02-29", t: false }));
say(() => predict({ t: "a cat" }));
say(() => predict({ d: "2024-02-29", t: "None" }));
say(() => typeof predict({ d: "2024-02-29", t: "\ud800 a cat" }).prediction);
)") == "TypeError: field 'd': \"2024-02-30\" is not a date such as 2026-01-31 or "
       "2026-01-31T12:00:00Z\n"
       "TypeError: field 'd': a number is not a string\n"
       "TypeError: field 't': a boolean is not a string\n"
       "TypeError: field 'd': is missing, which this model refuses\n"
       "TypeError: field 't': is missing, which this model refuses\n"
       "number\n");
}

TEST_CASE("The JavaScript export can be put into a page", "[exporters]") {
  const std::string hostile = "</script><!-- \xE2\x80\xA8\xE2\x80\xA9 */ `${x}` \\ ' \"";
  const model::Model model = testing::make_model(
      {testing::categorical(hostile, {hostile}), testing::text("t", {"cat"}), testing::date("d")},
      {hostile, features::TargetType::string, {"a", hostile}, {1, 1}});
  const std::string code = exporters::javascript_source(model);
  for (const char* part : {"</script", "<!--", "\xE2\x80\xA8", "\xE2\x80\xA9"}) {
    CAPTURE(part);
    CHECK(code.find(part) == std::string::npos);
  }
  CHECK(run(model, "say(() => features[0].name === " + exporters::javascript_string(hostile) +
                       " && model.classes[1] === features[0].name);") == "true\n");
}

TEST_CASE("A JavaScript literal is the text it was made of", "[exporters]") {
  CHECK(exporters::javascript_string("a<b\n\"\\\xE2\x80\xA8\xE2\x80\xA6") ==
        "\"a\\u003cb\\n\\\"\\\\\\u2028\xE2\x80\xA6\"");
  CHECK(exporters::javascript_string("\xE2\x80") == "\"\xE2\x80\"");
}
