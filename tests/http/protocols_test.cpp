#include <algorithm>
#include <chrono>
#include <cstring>
#include <memory>
#include <string>
#include <utility>
#include <variant>

#include "support/catch_shim.hpp"
#include <nlohmann/json.hpp>

#include "server/refusal.hpp"
#include "server/router.hpp"
#include "server/routes.hpp"
#include "support/made_models.hpp"

namespace {

using namespace mlserve;
using server::Request;
using server::Response;
using Json = nlohmann::json;

model::Model price_model() {
  features::Target target;
  target.name = "price";
  target.type = features::TargetType::real;
  target.task = features::Task::regression;
  model::Model model = testing::make_model({testing::number("area", 0, 100)}, target);
  model.estimator = model::Estimator::linear;
  return model;
}

model::Model color_model() {
  return testing::make_model(
      {testing::number("age", 0, 90)},
      {"color", features::TargetType::string, {"blue", "green", "red"}, {1, 1, 1}});
}

/// A body that comes in pieces of seven bytes.
class Pieces final : public server::BodyReader {
 public:
  explicit Pieces(std::string text) : text_(std::move(text)) {}
  std::size_t read(std::span<char> buffer) override {
    const std::size_t bytes = std::min({buffer.size(), text_.size() - read_, std::size_t{7}});
    std::memcpy(buffer.data(), text_.data() + read_, bytes);
    read_ += bytes;
    return bytes;
  }

 private:
  std::string text_;
  std::size_t read_ = 0;
};

/// The routes over models that were never in a file, without a socket below them.
class Site {
 public:
  explicit Site(std::vector<std::pair<std::string, model::Model>> models,
                const server::RouteOptions& options = {})
      : router_(server::make_routes(service, options)) {
    for (auto& [name, model] : models) {
      service.models.put(std::make_shared<const server::ServedModel>(name, "1", std::move(model)));
    }
  }

  Response call(Request request) const {
    const server::Route& route = find(request);
    return std::get<Response>(route.handler(std::move(request)));
  }
  Response get(const std::string& path) const { return call({"GET", path, {}, {}, {}, {}, {}}); }
  Response post(const std::string& path, const std::string& body) const {
    return call(posted(path, body));
  }
  Response stream(const std::string& path, const std::string& body) const {
    Request request = posted(path, "");
    const server::Route& route = find(request);
    Pieces pieces(body);
    return route.stream_handler(request, pieces);
  }
  Request posted(const std::string& path, const std::string& body) const {
    return {"POST", path, {}, {{"Content-Type", "application/json"}}, {}, body, {}};
  }

  server::Service service;

 private:
  const server::Route& find(Request& request) const {
    const server::RouteMatch match = router_.match(request.method, request.path);
    REQUIRE(match.route);
    request.path_parameters = match.path_parameters;
    return *match.route;
  }

  server::Router router_;
};

const char* const kPrices = "/v1/models/price:";

}  // namespace

TEST_CASE("A model of one feature takes its values without names", "[server]") {
  const Site site({{"price", price_model()}});
  const Json named = Json::parse(
      site.post(std::string(kPrices) + "predict", R"({"instances":[{"area":1},{"area":2}]})").body);
  REQUIRE(named.at("predictions").size() == 2);
  for (const char* body : {R"({"instances":[1,2]})", R"({"instances":[[1],[2]]})"}) {
    CHECK(Json::parse(site.post(std::string(kPrices) + "predict", body).body) == named);
    CHECK(Json::parse(site.post("/invocations", body).body) == named);
  }
}

TEST_CASE(":regress gives numbers, :classify and probabilities are for classes", "[server]") {
  const Site site({{"price", price_model()}});
  const std::string examples = R"({"examples":[{"area":1},{"area":[2]}]})";
  const Json numbers = Json::parse(site.post(std::string(kPrices) + "regress", examples).body);
  const Json predicted =
      Json::parse(site.post(std::string(kPrices) + "predict", R"({"inputs":{"area":[1,2]}})").body);
  CHECK(numbers.at("results") == predicted.at("outputs"));
  CHECK(site.post(std::string(kPrices) + "classify", examples).status == 400);
  CHECK(site.post("/invocations", R"({"instances":[1],"params":{"probabilities":true}})").status ==
        400);
  CHECK(site.post(std::string(kPrices) + "predict",
                  R"({"instances":[1],"signature_name":"predict_proba"})")
            .status == 400);
  const Json metadata = Json::parse(site.get("/v1/models/price/metadata").body);
  CHECK(metadata.at("metadata").at("signature_def").at("signature_def").size() == 1);
}

TEST_CASE("Of several classes all have a probability, in their order", "[server]") {
  const Site site({{"color", color_model()}});
  const Json lists =
      Json::parse(site.post("/v1/models/color:predict",
                            R"({"instances":[3],"parameters":{"probabilities":true}})")
                      .body);
  const Json pairs =
      Json::parse(site.post("/v1/models/color:classify", R"({"examples":[{"age":3}]})").body);
  REQUIRE(lists.at("predictions").at(0).size() == 3);
  const std::vector<std::string> classes = {"blue", "green", "red"};
  for (std::size_t k = 0; k < classes.size(); ++k) {
    CHECK(pairs.at("results").at(0).at(k) ==
          Json::array({classes[k], lists.at("predictions").at(0).at(k)}));
  }
  const Json label = Json::parse(site.post("/invocations", R"({"instances":[3]})").body);
  CHECK(label.at("predictions").at(0).is_string());
}

TEST_CASE("A prediction that is no number is null", "[server]") {
  model::Model model = price_model();
  model.coefficients[0][0] = 1e200;
  const Site site({{"price", std::move(model)}});
  CHECK(site.post("/invocations", R"({"instances":[1e149]})").body == "{\"predictions\":[null]}\n");
}

TEST_CASE("A body that is streamed gets the answer of one that is whole", "[server]") {
  const Site site({{"small", testing::small_model()}});
  const std::string body = R"({"instances":[{"age":3,"sex":"male"},{"age":50}]})";
  for (const char* path : {"/invocations", "/v1/models/small:predict"}) {
    const Response whole = site.post(path, body);
    CHECK(whole.status == 200);
    CHECK(site.stream(path, body).body == whole.body);
    CHECK(whole.subject.model == "small");
    CHECK(whole.subject.version == "1");
    CHECK(whole.subject.rows == 2);
  }
}

TEST_CASE("After the deadline every protocol answers 504", "[server]") {
  const Site site({{"small", testing::small_model()}});
  for (const char* path : {"/invocations", "/v1/models/small:predict"}) {
    Request request = site.posted(path, R"({"instances":[{"age":3}]})");
    request.deadline = std::chrono::steady_clock::now() - std::chrono::seconds(1);
    CHECK(site.call(std::move(request)).status == 504);
  }
}

TEST_CASE("Without a model probes say 404, and a prediction 503 with Retry-After", "[server]") {
  const Site site({});
  CHECK(site.get("/ping").status == 404);
  CHECK(site.get("/health").body == "\n");
  const Response response = site.post("/invocations", R"({"instances":[]})");
  CHECK(response.status == 503);
  CHECK(Json::parse(response.body).at("error_code") == "TEMPORARILY_UNAVAILABLE");
  CHECK(response.headers == server::Refusal::Headers{{"Retry-After", "1"}});
  CHECK(site.get("/v1/models").body == "{\"models\":[]}\n");
}

TEST_CASE("Of several models none answers /invocations unless one is the default", "[server]") {
  Site site({{"small", testing::small_model()}, {"color", color_model()}});
  CHECK(site.get("/ping").status == 404);
  CHECK(site.post("/invocations", R"({"instances":[]})").status == 404);
  CHECK(site.post("/v1/models/color:predict", R"({"instances":[]})").status == 200);
}

TEST_CASE("Vertex AI's routes go before our own", "[server]") {
  server::RouteOptions options;
  options.vertex_predict_route = "/predict";
  options.vertex_health_route = "/health";
  Site site({{"small", testing::small_model()}}, options);
  CHECK(site.post("/predict", R"({"instances":[{"age":3}]})").body == "{\"predictions\":[1]}\n");
  const Json error = Json::parse(site.post("/predict", "[]").body);
  CHECK(error.size() == 1);
  CHECK(error.contains("error"));
  CHECK(Json::parse(site.get("/health").body).at("ready") == true);
  site.service.draining = true;
  CHECK(site.get("/health").status == 503);
}

TEST_CASE("While the server drains a model of KServe is not ready", "[server]") {
  Site site({{"small", testing::small_model()}});
  CHECK(site.get("/v1/models/small").status == 200);
  site.service.draining = true;
  const Response response = site.get("/v1/models/small");
  CHECK(response.status == 503);
  CHECK(Json::parse(response.body).at("ready") == false);
}

TEST_CASE("Versions of a model have their own paths and states", "[server]") {
  Site site({{"small", testing::small_model()}});
  site.service.models.put(
      std::make_shared<const server::ServedModel>("small", "2", testing::small_model()));
  const Json all = Json::parse(site.get("/v1/models/small").body);
  CHECK(all.at("model_version_status").size() == 2);
  const Json one = Json::parse(site.get("/v1/models/small/versions/1").body);
  REQUIRE(one.at("model_version_status").size() == 1);
  CHECK(one.at("model_version_status").at(0).at("version") == "1");
  for (const char* version : {"1", "2"}) {
    const Response response = site.post(
        "/v1/models/small/versions/" + std::string(version) + ":predict", R"({"instances":[]})");
    CHECK(response.status == 200);
    CHECK(response.subject.version == version);
  }
  CHECK(site.post("/v1/models/small:predict", R"({"instances":[]})").subject.version == "2");
}

TEST_CASE("No row behind the limit is looked at, in any layout", "[server]") {
  server::RouteOptions options;
  options.sync_limit = 1;
  const Site site({{"small", testing::small_model()}}, options);
  for (const char* body :
       {R"({"instances":[{"age":1},{"age":1},{"age":"old"}]})",
        R"({"inputs":{"age":[1,2,"old"],"sex":["a","b","c"]}})",
        R"({"dataframe_split":{"columns":["age","sex"],"data":[[1,""],[1,""],[[],1]]}})",
        R"({"dataframe_records":[{"age":1},{"age":1},7]})"}) {
    CAPTURE(body);
    CHECK(site.post("/invocations", body).status == 413);
  }
}
