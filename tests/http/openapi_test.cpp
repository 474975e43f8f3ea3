#include "server/openapi.hpp"

#include <algorithm>
#include <memory>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "support/catch_shim.hpp"
#include <nlohmann/json.hpp>

#include "server/openapi_components.hpp"
#include "server/openapi_route.hpp"
#include "server/openapi_template.hpp"
#include "server/router.hpp"
#include "server/routes.hpp"
#include "support/job_site.hpp"
#include "support/made_models.hpp"

namespace {

using namespace mlserve;
using Json = nlohmann::json;
using server::OrderedJson;
using testing::JobSite;

std::shared_ptr<const server::ServedModel> served(const std::string& name, model::Model model,
                                                  const std::string& version = "1") {
  // As loaded from a file, with a checksum.
  return std::make_shared<const server::ServedModel>(
      name, version, model::from_text(model::to_text(std::move(model)), name));
}

model::Model regression() {
  model::Model model = testing::make_model(
      {testing::number("area", 10, 200), testing::categories("rooms", {"1", "2", "3+"})},
      {"price", features::TargetType::real, {}, {}, features::Task::regression, 100, 900, 300});
  model.estimator = model::Estimator::linear;
  testing::add_golden_row(model);
  return model;
}

model::Model three_classes() {
  return testing::make_model(
      {testing::number("petal", 1, 7), testing::categories("flag", {"False", "True"})},
      {"species", features::TargetType::string, {"a", "b", "c"}, {3, 3, 4}});
}

/// As a model file has it.
features::Feature with_histogram(features::Feature feature) {
  feature.histogram = {{feature.minimum, feature.maximum}, {3}};
  return feature;
}

/// Every kind of feature.
model::Model kinds() {
  return testing::make_model(
      {testing::number("n", -1, 1), with_histogram(testing::boolean("b")),
       testing::categories("c", {"x", "y"}), testing::text("t", {"bad", "good"}),
       with_histogram(testing::date("d"))},
      {"ok", features::TargetType::boolean, {"false", "true"}, {5, 5}});
}

/// Names and categories of all sorts; no column of a CSV file has an empty name.
model::Model awkward() {
  features::Schema schema = testing::awkward_model().schema;
  std::erase_if(schema.features, [](const auto& feature) { return feature.name.empty(); });
  return testing::make_model(std::move(schema.features), std::move(schema.target));
}

/// The document of the routes of `site`.
Json document_of(const JobSite& site) {
  const server::Response response = site.get("/openapi.json");
  REQUIRE(response.status == 200);
  CHECK(response.content_type == "application/json");
  return Json::parse(response.body);
}

/// The document of all routes with these models, by their names.
Json document_of(const std::vector<std::shared_ptr<const server::ServedModel>>& models) {
  std::vector<server::ModelAddress> addresses;
  for (const auto& model : models) addresses.push_back({model, model->name(), "", ""});
  return Json::parse(server::OpenApi(JobSite().routes(), {}).document(addresses));
}

/// Calls `visit` with path, method and operation.
template <class Visit>
void for_each_operation(const Json& document, Visit&& visit) {
  for (const auto& [path, operations] : document.at("paths").items()) {
    for (const auto& [method, operation] : operations.items()) visit(path, method, operation);
  }
}

/// Replaces each "{part}" by something, and decodes the rest.
std::string real_path(std::string_view path) {
  std::string real;
  for (std::size_t i = 0; i < path.size(); ++i) {
    if (path[i] == '{') {
      i = path.find('}', i);
      real += 'x';
    } else if (path[i] == '%') {
      real += static_cast<char>(std::stoi(std::string(path.substr(i + 1, 2)), nullptr, 16));
      i += 2;
    } else {
      real += path[i];
    }
  }
  return real;
}

std::string upper(std::string text) {
  std::ranges::transform(text, text.begin(),
                         [](char c) { return static_cast<char>(c - 'a' + 'A'); });
  return text;
}

/// The texts of the examples of a media type.
std::vector<std::string> examples_of(const Json& media) {
  const auto text = [](const Json& value) {
    return value.is_string() ? value.get<std::string>() : value.dump();
  };
  if (media.contains("example")) return {text(media.at("example"))};
  std::vector<std::string> texts;
  for (const Json& example : media.at("examples")) texts.push_back(text(example.at("value")));
  return texts;
}

/// Every reference is to something that is there.
void check_references(const Json& part, const Json& document) {
  if (part.is_object() && part.contains("$ref") && part.at("$ref").is_string()) {
    const std::string reference = part.at("$ref");
    INFO(reference);
    CHECK(document.contains(Json::json_pointer(reference.substr(1))));
  }
  if (part.is_structured()) {
    for (const Json& inner : part) check_references(inner, document);
  }
}

/// Every example of a body to predict is answered; the first list as the document says.
void check_examples(const JobSite& site, const std::string& path) {
  const Json document = document_of(site);
  const Json& operation = document.at("paths").at(path).at("post");
  for (const auto& [type, media] : operation.at("requestBody").at("content").items()) {
    for (const std::string& example : examples_of(media)) {
      INFO(path << " " << type << " " << example);
      const server::Response response =
          site.post(real_path(path), example, {{"Content-Type", type}}, {{"warnings", "true"}});
      INFO(response.body);
      CHECK(response.status == 200);
      for (const Json& warned : Json::parse(response.body).value("warnings", Json::object())) {
        CHECK(warned.at("unknown") == 0);
        CHECK(warned.at("out_of_range") == 0);
        CHECK(warned.at("missing") == 0);
      }
    }
  }
  const Json& content = operation.at("requestBody").at("content");
  const Json& list = content.at("application/json").at("examples").at("records").at("value");
  const Json& answers =
      operation.at("responses").at("200").at("content").at("application/json").at("examples");
  CHECK(Json::parse(site.post(real_path(path), list.dump(), {}).body) ==
        answers.at("plain").at("value"));
}

server::Route route_to(std::string method, std::string pattern, server::Scope scope) {
  const auto answer = [](const server::Request&) { return server::Response(); };
  return {std::move(method), std::move(pattern), answer, {}, 0, scope};
}

std::set<std::string> paths_of(const Json& document) {
  std::set<std::string> paths;
  for (const auto& [path, operations] : document.at("paths").items()) paths.insert(path);
  return paths;
}

}  // namespace

TEST_CASE("The examples of the document are answered, as it says", "[server]") {
  JobSite site;
  for (auto& [name, model] :
       std::vector<std::pair<std::string, model::Model>>{{"regression", regression()},
                                                         {"three", three_classes()},
                                                         {"kinds", kinds()},
                                                         {"awkward \"?\"", awkward()}}) {
    site.service.models.put(served(name, std::move(model)));
  }
  check_examples(site, "/models/m/predict");
  check_examples(site, "/models/regression/predict");
  check_examples(site, "/models/three/predict");
  check_examples(site, "/models/kinds/predict");
  check_examples(site, "/models/awkward%20%22%3F%22/predict");
}

TEST_CASE("The document has every route, and nothing else", "[server]") {
  JobSite site;
  // What only some models have: labels, the verbs of models of numbers.
  site.service.models.set_default("m");
  site.service.models.set_aliases({{"m@stable", "m", "1"}});
  site.service.models.put(served("regression", regression()));
  const Json document = document_of(site);
  const server::Router router(site.routes());
  std::set<std::string> described;
  for_each_operation(document, [&](const std::string& path, const std::string& method,
                                   const Json& operation) {
    INFO(method << " " << path);
    const server::RouteMatch match = router.match(upper(method), real_path(path));
    REQUIRE(match.route != nullptr);
    described.insert(match.route->method + " " + match.route->pattern);
    CHECK(operation.at("tags").size() == 1);
    CHECK_FALSE(operation.at("responses").empty());
    // Every {part} of the path has its parameter.
    CHECK(std::ranges::count(path, '{') ==
          std::ranges::count_if(operation.value("parameters", Json::array()), [&](const Json& p) {
            const Json& parameter =
                p.contains("$ref")
                    ? document.at(Json::json_pointer(p.at("$ref").get<std::string>().substr(1)))
                    : p;
            return parameter.at("in") == "path";
          }));
  });
  for (const server::Route& route : site.routes()) {
    const bool is_file = route.pattern.starts_with("/web/");
    const bool is_spelling = route.pattern.ends_with('/');
    // Training and administration are off, and their routes then only refuse.
    const bool is_off = route.scope == server::Scope::admin ||
                        (route.method == "POST" && route.pattern == "/models/{name}");
    // Labels are described for the models that have some.
    const std::string label = "/labels/{label}";
    const std::size_t labelled = route.pattern.find(label);
    std::string plain = route.pattern;
    if (labelled != std::string::npos) plain.erase(labelled, label.size());
    INFO(route.method << " " << route.pattern);
    CHECK((described.contains(route.method + " " + plain) || is_file || is_spelling || is_off ||
           described.contains(route.method + " " + route.pattern)));
  }
  check_references(document, document);
}

TEST_CASE("What is off does not appear in the document", "[server]") {
  server::Service without_jobs;
  const server::Router router(server::make_routes(without_jobs, {}));
  const server::RouteMatch match = router.match("GET", "/openapi.json");
  const auto answer = std::get<server::Response>(match.route->handler({}));
  const Json document = Json::parse(answer.body);
  for (const char* path : {"/jobs", "/jobs/{id}", "/predict"}) {
    CHECK_FALSE(document.at("paths").contains(path));
  }
  CHECK(document.at("paths").contains("/models"));
  CHECK_FALSE(document.at("components").at("schemas").contains("Job"));
  CHECK(std::ranges::none_of(document.at("tags"),
                             [](const Json& tag) { return tag.at("name") == "Jobs"; }));

  server::RouteOptions training;
  training.allow_training = true;
  CHECK(document_of(JobSite(training)).at("paths").at("/models/{name}").contains("post"));
  CHECK_FALSE(document_of(JobSite()).at("paths").at("/models/{name}").contains("post"));
  CHECK(
      document_of(JobSite()).at("paths").at("/predict").at("post").at("responses").contains("202"));
}

TEST_CASE("Routes of administrators are described where there are some", "[server]") {
  const server::Route remove = route_to("DELETE", "/models/{name}", server::Scope::admin);
  for (const bool admin : {false, true}) {
    server::OpenApiOptions options;
    options.admin = admin;
    const Json document = Json::parse(server::OpenApi({remove}, options).document({}));
    CHECK(document.at("paths").contains("/models/{name}") == admin);
  }
}

TEST_CASE("The document names the keys that routes ask for", "[server]") {
  const Json open = document_of(JobSite());
  CHECK_FALSE(open.at("components").contains("securitySchemes"));
  server::RouteOptions options;
  options.api_keys = true;
  const Json keyed = document_of(JobSite(options));
  CHECK(keyed.at("components").at("securitySchemes").size() == 2);
  const auto security = [&](const char* path, const char* method) {
    return keyed.at("paths").at(path).at(method).at("security").dump();
  };
  CHECK(security("/predict", "post") == R"([{"bearer":["predict"]},{"header":["predict"]}])");
  CHECK(security("/jobs", "get") == R"([{"bearer":["jobs"]},{"header":["jobs"]}])");
  CHECK(security("/models", "get") == R"([{"bearer":[]},{"header":[]}])");
  CHECK(security("/livez", "get") == "[]");
  for_each_operation(open, [](const auto& path, const auto&, const Json& operation) {
    INFO(path);
    CHECK(operation.at("security").dump() == "[]");
  });
}

TEST_CASE("A record is typed as training saw it, and forbids nothing that is answered",
          "[server]") {
  const Json document = document_of({served("three", three_classes()),
                                     served("regression", regression()), served("kinds", kinds())});
  const Json& schemas = document.at("components").at("schemas");
  const Json& petal = schemas.at("three.Record").at("properties").at("petal");
  CHECK(petal.at("type") == Json({"number", "null"}));
  CHECK(petal.at("x-minimum") == 1);
  CHECK(petal.at("x-maximum") == 7);
  CHECK_FALSE(petal.contains("maximum"));
  const Json& flag = schemas.at("three.Record").at("properties").at("flag").at("anyOf");
  CHECK(flag.at(0) == Json({{"type", "string"}, {"enum", {"False", "True"}}}));
  CHECK(flag.at(1).at("type") == Json({"string", "boolean", "null"}));
  const Json& rooms = schemas.at("regression.Record").at("properties").at("rooms").at("anyOf");
  CHECK(rooms.at(1).at("type") == Json({"string", "number", "null"}));
  const Json& all = schemas.at("kinds.Record").at("properties");
  CHECK(all.at("b").at("type") == Json({"boolean", "number", "null"}));
  CHECK(all.at("d").at("x-maximum") == "2024-12-31");
  CHECK(all.at("t").at("x-kind") == "text");
}

TEST_CASE("Answers are typed by the target", "[server]") {
  const Json document =
      document_of({served("m", testing::small_model()), served("kinds", kinds()),
                   served("regression", regression()), served("three", three_classes())});
  const Json& schemas = document.at("components").at("schemas");
  CHECK(schemas.at("m.Value").at("type") == "integer");
  CHECK(schemas.at("m.Value").at("enum") == Json({0, 1}));
  CHECK(schemas.at("kinds.Value").at("type") == "boolean");
  CHECK(schemas.at("kinds.Value").at("enum") == Json({false, true}));
  CHECK(schemas.at("three.Value").at("enum") == Json({"a", "b", "c"}));
  CHECK(schemas.at("regression.Value").at("type") == Json({"number", "null"}));
  CHECK(schemas.at("three.Probabilities").at("required") == Json({"a", "b", "c"}));
  CHECK(schemas.at("three.Margin").at("type") == "object");
  CHECK_FALSE(schemas.contains("regression.Probabilities"));
  CHECK_FALSE(schemas.at("regression.Prediction").at("properties").contains("probabilities"));
}

TEST_CASE("A model that refuses missing values says so", "[server]") {
  model::Model model = kinds();
  model.schema.refuses_missing = true;
  model.golden_rows.clear();
  const auto entry = std::make_shared<const server::ServedModel>("kinds", "1", std::move(model));
  const Json record = document_of({entry}).at("components").at("schemas").at("kinds.Record");
  CHECK(record.at("required") == Json({"n", "b", "c", "t", "d"}));
  CHECK(record.at("properties").at("n").at("type") == Json({"number"}));
}

TEST_CASE("The paths that Vertex AI chose go before others", "[server]") {
  server::RouteOptions options;
  options.vertex_predict_route = "/predict";
  options.vertex_health_route = "/health";
  const Json paths = document_of(JobSite(options)).at("paths");
  CHECK(paths.at("/predict").at("post").at("operationId") == "tensorflowPredict");
  CHECK(paths.at("/models/m/predict").at("post").at("operationId") == "predict.m");
  CHECK(paths.at("/health").at("get").at("operationId") == "vertexHealth");
  const Json plain = document_of(JobSite()).at("paths");
  CHECK(plain.at("/predict").at("post").at("operationId") == "predict");
  CHECK(plain.at("/health").at("get").at("operationId") == "mlflowHealth");
}

TEST_CASE("Of many categories the most frequent ones are listed", "[server]") {
  std::vector<std::string> names;
  for (int i = 1000; i < 1500; ++i) names.push_back("c" + std::to_string(i));
  features::Feature feature = testing::categories("c", names);
  feature.counts[7] = 1000;
  feature.counts[499] = 2000;
  const auto entry =
      served("many", testing::make_model({feature}, testing::small_model().schema.target));
  const Json document = document_of({entry});
  const Json& schema =
      document.at("components").at("schemas").at("many.Record").at("properties").at("c");
  const Json& listed = schema.at("anyOf").at(0).at("enum");
  CHECK(listed.size() == 100);
  CHECK(listed.at(0) == "c1000");
  CHECK(listed.at(99) == "c1499");
  CHECK(schema.at("description").get<std::string>().find("100 most frequent of 500") !=
        std::string::npos);
}

TEST_CASE("Models whose names look alike have paths, schemas and operations of their own",
          "[server]") {
  const Json document =
      document_of({served("a b", testing::small_model()), served("a/b", testing::small_model()),
                   served("a_b", regression()), served("größe {x}", regression()),
                   served("${target}", regression())});
  const std::set<std::string> paths = paths_of(document);
  CHECK(paths.contains("/models/a%20b/predict"));
  CHECK(paths.contains("/models/a_b/predict"));
  CHECK(paths.contains("/models/gr%C3%B6%C3%9Fe%20%7Bx%7D/predict"));
  CHECK(paths.contains("/models/%24%7Btarget%7D/predict"));
  CHECK(std::ranges::none_of(
      paths, [](const std::string& path) { return path.find("a%2Fb") != std::string::npos; }));
  std::set<std::string> ids;
  for_each_operation(document, [&](const auto&, const auto&, const Json& operation) {
    CHECK(ids.insert(operation.at("operationId")).second);
  });
  CHECK(ids.contains("predict.a_b"));
  CHECK(document.at("paths").at("/models/%24%7Btarget%7D/predict").at("post").at("summary") ==
        "Predict price by ${target}");
  check_references(document, document);
}

TEST_CASE("The document is the same for the same models, and new with a new one", "[server]") {
  JobSite site;
  const server::Response first = site.get("/openapi.json");
  const std::string etag = first.headers.at(0).second;
  CHECK(first.headers.at(0).first == "ETag");
  CHECK(JobSite().get("/openapi.json").body == first.body);
  const server::Response again = site.get("/openapi.json", {}, {{"If-None-Match", etag}});
  CHECK(again.status == 304);
  CHECK(again.body.empty());

  site.service.models.put(served("another", regression()));
  const server::Response other = site.get("/openapi.json", {}, {{"If-None-Match", etag}});
  CHECK(other.status == 200);
  CHECK(Json::parse(other.body).at("paths").contains("/models/another/predict"));
  CHECK_FALSE(Json::parse(other.body).at("paths").contains("/predict"));  // none is the default
}

TEST_CASE("Versions, aliases and labels have the paths that name them", "[server]") {
  server::Service service;
  service.models.set_aliases({{"champion", "m", "1"}, {"m@stable", "m", "1"}});
  service.models.put(served("m", regression(), "1"));
  service.models.put(served("m", testing::small_model(), "2"));
  std::vector<server::Route> routes;
  for (const char* pattern :
       {"/predict", "/models/{name}/predict", "/v1/models/{name}/labels/{label}:predict",
        "/v2/models/{name}/versions/{version}/infer"}) {
    routes.push_back(route_to("POST", pattern, server::Scope::predict));
  }
  for (server::Route& route : server::openapi_routes(service, {}, routes)) {
    routes.push_back(std::move(route));
  }
  const auto answer =
      server::Router(routes).match("GET", "/openapi.json").route->handler(server::Request());
  const Json document = Json::parse(std::get<server::Response>(answer).body);
  std::set<std::string> paths = paths_of(document);
  std::erase_if(paths, [](const std::string& path) { return path == "/" || path == "/docs"; });
  CHECK(paths == std::set<std::string>{
                     "/openapi.json", "/predict", "/models/m/predict", "/models/champion/predict",
                     "/models/m%40stable/predict", "/v1/models/m/labels/stable:predict",
                     "/v2/models/m/versions/1/infer", "/v2/models/m/versions/2/infer"});
  const auto schema = [&](const std::string& path) {
    return document.at("paths")
        .at(path)
        .at("post")
        .at("requestBody")
        .at("content")
        .at("application/json")
        .at("schema")
        .at("$ref");
  };
  CHECK(schema("/predict") == "#/components/schemas/m.PredictRequest");
  CHECK(schema("/models/champion/predict") == "#/components/schemas/m.v1.PredictRequest");
  CHECK(schema("/v2/models/m/versions/1/infer") == "#/components/schemas/m.v1.OipRequest");
  CHECK(schema("/v2/models/m/versions/2/infer") == "#/components/schemas/m.OipRequest");
  check_references(document, document);
}

TEST_CASE("A template's gaps are filled, and what fills them is left alone", "[server]") {
  const OrderedJson part = OrderedJson::parse(R"({
      "whole": "${list}", "text": "at ${n} of ${name}, ${none} ${", "kept": ["a", 1, null],
      "off": {"x-when": "off", "a": 1}, "on": {"x-when": "on", "a": 1},
      "items": [{"x-when": "off"}, {"$ref": "#/a"}, {"$ref": "#/b"}]})");
  const server::TemplateFilling filling = {
      {{"list", OrderedJson::parse(R"([{"x-when": "off", "text": "${n}"}])")},
       {"n", 3},
       {"name", "${n}"}},
      {"on"},
      {{"#/a", "#/c"}}};
  CHECK(server::fill(part, filling) == OrderedJson::parse(R"({
      "whole": [{"x-when": "off", "text": "${n}"}], "text": "at 3 of ${n}, ${none} ${",
      "kept": ["a", 1, null], "on": {"a": 1}, "items": [{"$ref": "#/c"}, {"$ref": "#/b"}]})"));
}

TEST_CASE("Names of components are allowed ones, and none comes twice", "[server]") {
  server::ComponentNames names;
  CHECK(names.claim("a b/é") == "a_b___");
  CHECK(names.claim("a_b___") == "a_b____2");
  CHECK(names.claim("x.Y-z_1") == "x.Y-z_1");
}

TEST_CASE("The pages are sent with headers that let them do little", "[server]") {
  const JobSite site;
  for (const auto& [path, type] : std::vector<std::pair<std::string, std::string>>{
           {"/", "text/html; charset=utf-8"},
           {"/docs", "text/html; charset=utf-8"},
           {"/web/base.css", "text/css; charset=utf-8"},
           {"/web/app.js", "text/javascript; charset=utf-8"},
           {"/web/docs.js", "text/javascript; charset=utf-8"}}) {
    const server::Response response = site.get(path);
    INFO(path);
    CHECK(response.status == 200);
    CHECK(response.content_type == type);
    const auto header = [&](std::string_view name) {
      const auto found =
          std::ranges::find(response.headers, name, &std::pair<std::string, std::string>::first);
      return found == response.headers.end() ? std::string() : found->second;
    };
    const std::string policy = header("Content-Security-Policy");
    CHECK(policy.find("default-src 'none'") != std::string::npos);
    CHECK(policy.find("frame-ancestors 'none'") != std::string::npos);
    CHECK(policy.find("unsafe") == std::string::npos);
    CHECK(header("X-Frame-Options") == "DENY");
    CHECK(header("Referrer-Policy") == "no-referrer");
    CHECK(site.get(path, {}, {{"If-None-Match", header("ETag")}}).status == 304);
  }
}
