#include <chrono>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <memory>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "support/catch_shim.hpp"
#include <nlohmann/json.hpp>

#include "server/open_inference_datatype.hpp"
#include "server/open_inference_route.hpp"
#include "server/predict_route.hpp"
#include "server/router.hpp"
#include "support/made_models.hpp"

namespace {

using namespace mlserve;
using Json = nlohmann::json;
using features::TargetType;

constexpr std::size_t kMaxRows = 1000;

/// The routes over one model, `m`, without a socket below them.
class Site {
 public:
  explicit Site(model::Model model) {
    service.models.put(std::make_shared<const server::ServedModel>("m", "1", std::move(model)));
  }

  server::Response call(server::Request request) const {
    const server::RouteMatch match = router_.match(request.method, request.path);
    REQUIRE(match.route != nullptr);
    request.path_parameters = match.path_parameters;
    return std::get<server::Response>(match.route->handler(std::move(request)));
  }

  Json get(const std::string& path, int status = 200) const {
    return json_of(call({"GET", path, {}, {}, {}, {}, {}}), status);
  }

  Json infer(const Json& body, int status = 200) const {
    return json_of(call({"POST", "/v2/models/m/infer", {}, {}, {}, body.dump(), {}}), status);
  }

  /// What POST /predict says of the records.
  Json native(const Json& records) const {
    server::Request request{"POST", "/predict", {}, {}, {}, records.dump(), {}};
    if (!schema().target.classes.empty()) request.query.emplace_back("probabilities", "true");
    return json_of(*server::answer_predict(request, *service.models.find("m"), kMaxRows), 200);
  }

  const features::Schema& schema() const { return service.models.find("m")->model().schema; }

  server::Service service;
  std::string not_ready;

 private:
  static server::RouteOptions options() {
    server::RouteOptions options;
    options.sync_limit = kMaxRows;
    return options;
  }

  static Json json_of(const server::Response& response, int status) {
    CHECK(response.status == status);
    CHECK(response.content_type == "application/json");
    return Json::parse(response.body);
  }

  server::Router router_{
      server::open_inference_routes(service, options(), [this] { return not_ready; })};
};

Json tensor(const std::string& name, const std::string& datatype, const Json& data) {
  return {{"name", name}, {"datatype", datatype}, {"shape", {data.size()}}, {"data", data}};
}

/// A request with these inputs, for these outputs (by default those that it gets without a word).
Json asking(const Json::array_t& inputs, const Json& outputs = {}) {
  Json body;
  body["inputs"] = inputs;
  body["outputs"] = outputs;
  return body;
}

Json matrix(const std::string& datatype, std::size_t columns, const Json& data) {
  Json input = tensor("input-0", datatype, data);
  const std::size_t values = data[0].is_array() ? data.size() * columns : data.size();
  input["shape"] = {values / columns, columns};
  return input;
}

const Json kBoth = Json::parse(R"([{"name":"predict"},{"name":"predict_proba"}])");

/// Numbers and strings as the datatype of the first of them that is not null would have it.
std::string datatype_of(const Json& data) {
  for (const Json& value : data) {
    if (value.is_boolean()) return "BOOL";
    if (value.is_number_unsigned()) return "UINT64";
    if (value.is_number_integer()) return "INT64";
    if (value.is_number()) return "FP64";
  }
  return "BYTES";
}

/// The records as tensors of their columns.
Json tensors_of(const features::Schema& schema, const Json& records) {
  Json inputs = Json::array();
  for (const features::Feature& feature : schema.features) {
    Json data = Json::array();
    for (const Json& record : records) data.push_back(record.value(feature.name, Json()));
    inputs.push_back(tensor(feature.name, datatype_of(data), data));
  }
  return inputs;
}

/// Flat data as lists of one value each.
Json nested(Json inputs) {
  for (Json& input : inputs) {
    input["shape"] = {input["data"].size(), 1};
    for (Json& value : input["data"]) value = Json::array({value});
  }
  return inputs;
}

/// Predictions and probabilities of the records, both ways the same.
void check_as_native(const Site& site, const Json& records) {
  const Json native = site.native(records);
  const Json inputs = tensors_of(site.schema(), records);
  for (const Json& laid_out : {inputs, nested(inputs)}) {
    const Json answer = site.infer(asking(laid_out, kBoth));
    const Json& predict = answer["outputs"][0];
    CHECK(predict["data"] == native["prediction"]);
    CHECK(predict["shape"] == Json::array({records.size(), 1}));
    Json expected = Json::array();
    for (const Json& row : native["probabilities"]) {
      for (const std::string& name : site.schema().target.classes) expected.push_back(row[name]);
    }
    const Json& proba = answer["outputs"][1];
    CHECK(proba["data"] == expected);
    CHECK(proba["shape"] == Json::array({records.size(), site.schema().target.classes.size()}));
  }
}

features::Target target(TargetType type, std::vector<std::string> classes) {
  features::Target target{"y", type, std::move(classes), {}};
  target.counts.assign(target.classes.size(), 3);
  return target;
}

features::Target numbers() {
  features::Target target{"y", TargetType::integer, {}, {}};
  target.task = features::Task::regression;
  target.maximum = 9;
  return target;
}

model::Model linear_model(std::vector<features::Feature> features) {
  model::Model model = testing::make_model(std::move(features), numbers());
  model.estimator = model::Estimator::linear;
  return model;
}

/// "error", and then each of "errors" as "pointer detail".
std::vector<std::string> complaints(const Json& answer) {
  std::vector<std::string> all = {answer.at("error").get<std::string>()};
  for (const Json& error : answer.value("errors", Json::array())) {
    all.push_back(error.at("pointer").get<std::string>() + " " +
                  error.at("detail").get<std::string>());
  }
  return all;
}

bool holds(const std::string& datatype, const std::string& value) {
  simdjson::dom::parser parser;
  const auto* const type = server::open_inference::find_datatype(datatype);
  REQUIRE(type != nullptr);
  return type->holds(parser.parse("[" + value + "]").at(0).value());
}

}  // namespace

TEST_CASE("A datatype holds its numbers and no others", "[server]") {
  struct Case {
    std::string datatype;
    std::vector<std::string> held;
    std::vector<std::string> refused;
  };
  const std::vector<Case> cases = {
      {"BOOL", {"true", "false"}, {"0", "1", "\"true\"", "[true]"}},
      {"UINT8", {"0", "255", "255.0", "-0.0"}, {"-1", "256", "256.0", "0.5", "-1.0", "true"}},
      {"UINT16", {"65535"}, {"65536", "-1"}},
      {"UINT32", {"4294967295"}, {"4294967296", "-1"}},
      {"UINT64",
       {"18446744073709551615", "18446744073709549568.0", "9223372036854775808.0"},
       {"-1", "18446744073709551616.0", "-1.0", "1e300"}},
      {"INT8", {"-128", "127", "-128.0"}, {"-129", "128", "128.0"}},
      {"INT16", {"-32768", "32767"}, {"-32769", "32768"}},
      {"INT32", {"-2147483648", "2147483647"}, {"-2147483649", "2147483648"}},
      {"INT64",
       {"-9223372036854775808", "9223372036854775807", "-9223372036854775808.0"},
       {"9223372036854775808", "9223372036854775808.0", "-9223372036854777856.0", "1.5"}},
      {"FP16", {"65504", "-65504.0", "0.1", "1e-300"}, {"65505", "-65504.5", "\"1\""}},
      {"FP32", {"3.4028234663852886e38", "16777217"}, {"3.4028234663852887e39", "true"}},
      {"FP64", {"1.7976931348623157e308", "18446744073709551615", "0"}, {"\"NaN\"", "false", "{}"}},
      {"BYTES", {"\"\"", "\"é\""}, {"1", "true", "[\"a\"]", "{}"}},
  };
  for (const Case& type : cases) {
    CHECK(holds(type.datatype, "null"));
    for (const std::string& value : type.held) {
      INFO(type.datatype << " " << value);
      CHECK(holds(type.datatype, value));
    }
    for (const std::string& value : type.refused) {
      INFO(type.datatype << " " << value);
      CHECK_FALSE(holds(type.datatype, value));
    }
  }
  CHECK(server::open_inference::find_datatype("fp64") == nullptr);
}

TEST_CASE("Tensors of every kind of feature are scored as records are", "[server]") {
  const Site site(
      testing::make_model({testing::number("age", 0, 90), testing::boolean("flag"),
                           testing::categories("sex", {"female", "male"}),
                           testing::text("note", {"and", "cabin", "the"}), testing::date("day")},
                          target(TargetType::string, {"high", "low", "mid \"x\""})));
  check_as_native(site, Json::parse(R"([
    {"age": 22.5, "flag": true, "sex": "male", "note": "the cabin and the deck", "day": "2024-03-01"},
    {"age": null, "flag": null, "sex": null, "note": null, "day": null},
    {"age": 90, "flag": false, "sex": "other", "note": "the", "day": "2024-12-31T12:00:00Z"},
    {"age": 1, "flag": true, "sex": "female", "note": "", "day": "NA"}])"));
}

TEST_CASE("Integers of 64 bits find their category by all their digits", "[server]") {
  const Site site(testing::make_model(
      {testing::categories("id", {"18446744073709551615", "9007199254740992", "9007199254740993"})},
      target(TargetType::integer, {"0", "1"})));
  check_as_native(site, Json::parse(R"([{"id": 9007199254740993}, {"id": 9007199254740992},
                                        {"id": 18446744073709551615}, {"id": 7}])"));
  const Json ids = tensor("id", "INT64", {9007199254740992, 9007199254740993});
  const Json two = site.infer(asking({ids}, kBoth))["outputs"][1]["data"];
  CHECK(two[0] != two[2]);
}

TEST_CASE("The prediction has the datatype of the target", "[server]") {
  const auto outputs_of = [](const features::Target& target) {
    const Site site(testing::make_model({testing::number("age", 0, 90)}, target));
    return std::pair{site.get("/v2/models/m")["outputs"],
                     site.infer(asking({tensor("age", "FP32", {1, 89})}))["outputs"][0]};
  };
  const std::vector<std::pair<features::Target, std::string>> cases = {
      {target(TargetType::integer, {"0", "1"}), "INT64"},
      {target(TargetType::boolean, {"false", "true"}), "BOOL"},
      {target(TargetType::real, {"0.5", "1.5", "2"}), "FP64"},
      {target(TargetType::string, {"n", "y"}), "BYTES"}};
  for (const auto& [of, datatype] : cases) {
    const auto [described, predict] = outputs_of(of);
    CHECK(predict["datatype"] == datatype);
    CHECK(described[0]["datatype"] == datatype);
    CHECK(described[1]["shape"] == Json::array({-1, of.classes.size()}));
    CHECK(predict["parameters"]["content_type"] == (datatype == "BYTES" ? "str" : "np"));
  }
}

TEST_CASE("A model of numbers has no probabilities", "[server]") {
  const Site site(linear_model({testing::number("age", 0, 90)}));
  const Json age = tensor("age", "FP64", Json::array({1.5}));
  const Json answer = site.infer(asking({age}));
  CHECK(answer["outputs"][0]["datatype"] == "FP64");
  CHECK(answer["outputs"][0]["data"] == site.native(Json::parse(R"([{"age":1.5}])"))["prediction"]);
  CHECK(site.get("/v2/models/m")["outputs"].size() == 1);
  CHECK(complaints(site.infer(asking({age}, kBoth), 400))[0] ==
        "there is no output 'predict_proba'; there is predict");
}

TEST_CASE("The metadata names the datatype of each kind of feature", "[server]") {
  features::Feature whole = testing::number("whole", 0, 9);
  whole.integers = true;
  const Site site(
      testing::make_model({testing::number("age", 0, 90), whole, testing::boolean("flag"),
                           testing::categories("code", {"1", "2"}),
                           testing::text("note", {"a", "b"}), testing::date("day")},
                          target(TargetType::integer, {"0", "1"})));
  std::vector<std::string> types;
  const Json described = site.get("/v2/models/m/versions/1");
  for (const Json& input : described["inputs"]) types.push_back(input["datatype"]);
  CHECK(types == std::vector<std::string>{"FP64", "INT64", "BOOL", "BYTES", "BYTES", "BYTES"});
}

TEST_CASE("A matrix of numbers holds numeric features and categories that are numbers",
          "[server]") {
  const Site site(testing::make_model({testing::number("age", 0, 90), testing::boolean("flag"),
                                       testing::categories("class", {"1", "2", "3"})},
                                      target(TargetType::integer, {"0", "1"})));
  const Json records = Json::parse(R"([{"age": 22, "flag": 1, "class": 3},
                                       {"age": 38, "flag": 0, "class": null}])");
  const Json native = site.native(records);
  const auto predict = [&](const Json& data) {
    return site.infer(asking({matrix("FP32", 3, data)}))["outputs"][0]["data"];
  };
  CHECK(predict({22, 1, 3, 38, 0, nullptr}) == native["prediction"]);
  CHECK(predict({{22, 1, 3}, {38, 0, nullptr}}) == native["prediction"]);
  CHECK(complaints(site.infer(asking({matrix("FP32", 3, {{22, 1, 3}, {38, "0", 2}})}), 400)) ==
        std::vector<std::string>{"input 'input-0', row 1: \"0\" is not FP32",
                                 "#/inputs/0/data/1/1 \"0\" is not FP32"});
}

TEST_CASE("The only feature of a model may be a matrix of any name", "[server]") {
  const Site site(linear_model({testing::number("age", 0, 90)}));
  Json input = tensor("input-0", "FP64", {1, 2});
  CHECK(complaints(site.infer(asking({input}), 400))[0] == "there is no input 'age'");
  input["shape"] = {2, 1};
  CHECK(site.infer(asking({input}))["outputs"][0]["data"].size() == 2);
}

TEST_CASE("A missing value is an error where the model refuses it", "[server]") {
  model::Model model = testing::small_model();
  model.schema.refuses_missing = true;
  const Site site(std::move(model));
  const Json age = tensor("age", "INT8", {1, nullptr, 300});
  const Json sex = tensor("sex", "BYTES", {"male", "male", nullptr});
  CHECK(complaints(site.infer(asking({age, sex}), 400)) ==
        std::vector<std::string>{
            "input 'age', row 1: is missing, which this model refuses (and 1 more error)",
            "#/inputs/0/data/1 is missing, which this model refuses",
            "#/inputs/0/data/2 300 is not INT8"});
}

TEST_CASE("Base64 is decoded in every layout, and null stays null", "[server]") {
  const Site site(testing::small_model());
  const Json plain = Json::array(
      {tensor("age", "FP64", {30, 30, 30}), tensor("sex", "BYTES", {"male", nullptr, "female"})});
  Json coded = plain;
  coded[1]["data"] = {"bWFsZQ==", nullptr, "ZmVtYWxl"};
  coded[1]["parameters"] = {{"content_type", "base64"}};
  const Json expected = site.infer(asking(plain, kBoth));
  CHECK(site.infer(asking(coded, kBoth)) == expected);
  CHECK(site.infer(asking(nested(coded), kBoth)) == expected);

  coded[1]["data"] = {"bWFsZQ==", "/w==", 7};
  coded[0]["data"][0] = "x";
  CHECK(complaints(site.infer(asking(nested(coded)), 400)) ==
        std::vector<std::string>{
            "input 'sex', row 1: \"/w==\" is not UTF-8 text in base64 (and 2 more errors)",
            "#/inputs/1/data/1/0 \"/w==\" is not UTF-8 text in base64",
            "#/inputs/1/data/2/0 7 is not UTF-8 text in base64",
            "#/inputs/0/data/0/0 \"x\" is not FP64"});
}

TEST_CASE("A hundred errors are listed, the others counted", "[server]") {
  const Site site(testing::small_model());
  const Json age = tensor("age", "FP64", std::vector<std::string>(250, "x"));
  const Json sex = tensor("sex", "BYTES", std::vector<std::string>(250, "male"));
  const std::vector<std::string> all = complaints(site.infer(asking({age, sex}), 400));
  CHECK(all.size() == 101);
  CHECK(all[0] == "input 'age', row 0: \"x\" is not FP64 (and 249 more errors)");
  CHECK(all[100] == "#/inputs/0/data/99 \"x\" is not FP64");
}

TEST_CASE("More rows than are answered at once are 413, whatever they hold", "[server]") {
  const Site site(testing::small_model());
  const auto ask = [&](std::size_t rows, int status) {
    const Json age = tensor("age", "FP64", std::vector<std::string>(rows, "x"));
    const Json sex = tensor("sex", "BYTES", std::vector<std::string>(rows, "male"));
    return site.infer(asking({age, sex}), status);
  };
  ask(kMaxRows, 400);
  CHECK(ask(kMaxRows + 1, 413)["error"] == "more than 1000 rows are not answered at once");
}

TEST_CASE("A request whose time is over is 504", "[server]") {
  const Site site(testing::small_model());
  const Json body = asking(
      {tensor("age", "FP64", Json::array({1})), tensor("sex", "BYTES", Json::array({"male"}))});
  server::Request request{"POST", "/v2/models/m/infer", {}, {}, {}, body.dump(), {}};
  request.deadline = std::chrono::steady_clock::now() - std::chrono::seconds(1);
  const server::Response response = site.call(std::move(request));
  CHECK(response.status == 504);
  CHECK(Json::parse(response.body).size() == 1);
}

TEST_CASE("Other media types, and clients that take no JSON", "[server]") {
  const Site site(testing::small_model());
  const auto status = [&](const std::string& name, const std::string& value) {
    return site.call({"POST", "/v2/models/m/infer", {}, {{name, value}}, {}, "{}", {}}).status;
  };
  CHECK(status("Content-Type", "text/csv") == 415);
  CHECK(status("Content-Type", "application/x-ndjson") == 415);
  CHECK(status("inference-header-content-length", "2") == 415);
  CHECK(status("Accept", "application/octet-stream") == 406);
  CHECK(status("Accept", "*/*") == 400);
}

TEST_CASE("Names as files may have them pass both ways", "[server]") {
  const Site site(testing::awkward_model());
  const Json described = site.get("/v2/models/m");
  CHECK(described["inputs"].size() == site.schema().features.size());
  Json records = Json::array();
  for (const double value : {0.25, 0.5}) {
    Json record;
    for (const features::Feature& feature : site.schema().features) {
      record[feature.name] =
          feature.is_categorical() ? Json(feature.categories.back()) : Json(value);
    }
    records.push_back(record);
  }
  check_as_native(site, records);
}

TEST_CASE("Of many inputs that are no features the first hundred are compared with what is missing",
          "[server]") {
  const Site site(testing::small_model());
  Json inputs = Json::array();
  for (int i = 0; i < 20'000; ++i) inputs.push_back({{"name", "ag" + std::to_string(i)}});
  const std::vector<std::string> all = complaints(site.infer(asking(inputs), 400));
  CHECK(all.size() == 3);
  CHECK(all[1] == "#/inputs there is no input 'age'; did you mean it by 'ag0'?");
}

TEST_CASE("Ready says whether the server is", "[server]") {
  Site site(testing::small_model());
  CHECK(site.get("/v2/health/ready") == Json::parse(R"({"live":true,"ready":true})"));
  site.not_ready = "draining";
  CHECK(site.get("/v2/health/ready", 503) == Json::parse(R"({"live":true,"ready":false})"));
  CHECK(site.get("/v2/health/live") == Json::parse(R"({"live":true})"));
}
