#include "server/routes.hpp"

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdio>
#include <string>
#include <thread>
#include <utility>
#include <variant>
#include <vector>

#include "support/catch_shim.hpp"
#include <nlohmann/json.hpp>

#include "core/atomic_file.hpp"
#include "model/model_file.hpp"
#include "pipeline/train.hpp"
#include "server/problem.hpp"
#include "server/router.hpp"
#include "support/made_models.hpp"
#include "support/reference.hpp"
#include "support/trained.hpp"

namespace {

using namespace mlserve;
using server::Request;
using server::Response;
using Json = nlohmann::json;
using Headers = std::vector<std::pair<std::string, std::string>>;

constexpr const char* kBadBody = "Seems input is incomplete or not in JSON";

/// What is answered at once is not limited here.
server::RouteOptions large_requests() {
  server::RouteOptions options;
  options.sync_limit = 1'000'000;
  return options;
}

/// The routes over models in files, without a socket below them.
class Site {
 public:
  explicit Site(const std::vector<std::pair<std::string, model::Model>>& models = {},
                const std::string& default_model = "") {
    service.models.set_default(default_model);
    for (const auto& [name, model] : models) {
      model::save(model, path(name));
      service.models.add_file(path(name));
    }
  }

  std::string path(const std::string& name) const { return folder_.file(name + ".json"); }

  Response call(Request request) const {
    const server::RouteMatch match = router_.match(request.method, request.path);
    if (match.route == nullptr) return {match.allow.empty() ? 404 : 405, {}, match.allow, {}};
    request.path_parameters = match.path_parameters;
    return std::get<Response>(match.route->handler(request));
  }

  Response get(const std::string& path, Headers headers = {}) const {
    return call({"GET", path, {}, std::move(headers), {}, {}, {}});
  }

  /// POST of `body`; `query` are flags.
  Response post(const std::string& path, const std::string& body,
                const std::string& type = "application/json",
                const std::vector<std::string>& query = {}, Headers headers = {}) const {
    Request request{"POST", path, {}, std::move(headers), {}, body, {}};
    if (!type.empty()) request.headers.emplace_back("content-type", type);
    for (const std::string& flag : query) request.query.emplace_back(flag, "true");
    return call(std::move(request));
  }
  Response predict(const std::string& body, const std::string& type = "application/json",
                   const std::vector<std::string>& query = {}) const {
    return post("/predict", body, type, query);
  }

  server::Service service;

 private:
  testing::TemporaryFolder folder_;
  server::Router router_{server::make_routes(service, large_requests())};
};

const model::Model& titanic() {
  static const model::Model model = pipeline::train({testing::kTitanic}, {}).model;
  return model;
}

Site titanic_site() { return Site({{"titanic", titanic()}}); }

std::string passengers() { return read_file(MLSERVE_SOURCE_DIR "/data/passengers.json", 1 << 20); }

/// The problem details of a response, which must have that status.
Json problem_of(const Response& response, int status) {
  CHECK(response.status == status);
  CHECK(response.content_type == "application/problem+json");
  Json problem = Json::parse(response.body);
  CHECK(problem.at("status") == status);
  CHECK(problem.at("type") == "about:blank");
  return problem;
}

/// Detail of a 400 for a body that is no text of its format.
std::string malformed(const Response& response) {
  const Json problem = problem_of(response, 400);
  CHECK(problem.at("title") == kBadBody);
  return problem.at("detail");
}

/// The errors of a 422 as "pointer detail".
std::vector<std::string> errors_of(const Response& response) {
  const Json problem = problem_of(response, 422);
  CHECK(problem.at("title") == kBadBody);
  std::vector<std::string> errors;
  for (const Json& error : problem.value("errors", Json::array())) {
    errors.push_back(error.at("pointer").get<std::string>() + " " +
                     error.at("detail").get<std::string>());
  }
  return errors;
}

bool has(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

}  // namespace

TEST_CASE("POST /predict answers a list of records in their order", "[server]") {
  const Site site = titanic_site();
  const Response response = site.predict(passengers());
  CHECK(response.status == 200);
  CHECK(response.content_type == "application/json");
  CHECK(response.body == "{\"prediction\":[0,1,0,0]}\n");
  CHECK(site.post("/models/titanic/predict", passengers()).body == response.body);
}

TEST_CASE("POST /predict answers one record, an empty list, and JSON without a type", "[server]") {
  const Site site = titanic_site();
  CHECK(site.predict(R"({"Age":24,"Sex":"female"})").body == "{\"prediction\":[1]}\n");
  CHECK(site.predict("[]").body == "{\"prediction\":[]}\n");
  CHECK(site.predict(passengers(), "").body == "{\"prediction\":[0,1,0,0]}\n");
  CHECK(site.predict(" \n[ ] ").status == 200);
}

TEST_CASE("NDJSON and CSV get the answers of the list", "[server]") {
  const Site site = titanic_site();
  std::string lines;
  std::string csv = "Sex,ignored,Age,Embarked\r\n";
  for (const Json& record : Json::parse(passengers())) {
    lines += record.dump() + "\n";
    std::string sex = record.at("Sex");
    if (sex.front() == '"') sex = "\"\"" + sex + "\"\"";
    csv += sex + ",\"x,\ny\"," + record.at("Age").dump() + "," +
           record.at("Embarked").get<std::string>() + "\r\n";
  }
  const std::string list =
      site.predict(passengers(), "application/json", {"probabilities", "warnings"}).body;
  for (const char* type : {"application/x-ndjson", "application/jsonl"}) {
    CHECK(site.predict(lines, type, {"probabilities", "warnings"}).body == list);
  }
  CHECK(site.predict(csv, "text/csv; charset=UTF-8", {"probabilities", "warnings"}).body == list);
  CHECK(site.predict("", "application/x-ndjson").body == "{\"prediction\":[]}\n");
  CHECK(site.predict("Age,Sex,Embarked\n", "text/csv").body == "{\"prediction\":[]}\n");
  CHECK(site.predict("Age;Sex;Embarked\n30;male;S\n", "text/csv").body ==
        site.predict("Age,Sex,Embarked\n30,male,S\n", "text/csv").body);
}

TEST_CASE("Many rows come back in order, whatever the format", "[server]") {
  const Site site = titanic_site();
  std::string list = "[";
  std::string lines;
  std::string csv = "Age,Sex,Embarked\n";
  std::string expected;
  for (int i = 0; i < 30'000; ++i) {  // more than one block of each
    const bool female = i % 7 < 3;
    const std::string record =
        std::string(R"({"Age":30,"Embarked":"S","Sex":")") + (female ? "female" : "male") + "\"}";
    list += (i > 0 ? "," : "") + record;
    lines += record + "\n";
    csv += std::string("30,") + (female ? "female" : "male") + ",S\n";
    expected += std::string(i > 0 ? "," : "") + (female ? "1" : "0");
  }
  expected = "{\"prediction\":[" + expected + "]}\n";
  CHECK(site.predict(list + "]").body == expected);
  CHECK(site.predict(lines, "application/x-ndjson").body == expected);
  CHECK(site.predict(csv, "text/csv").body == expected);
}

TEST_CASE("?probabilities adds those of each class, as scikit-learn has them", "[server]") {
  const Site site = titanic_site();
  const Json expected = testing::reference().at("titanic").at("passengers").at("probabilities");
  const Json answer =
      Json::parse(site.predict(passengers(), "application/json", {"probabilities"}).body);
  REQUIRE(answer.at("probabilities").size() == 4);
  for (std::size_t i = 0; i < 4; ++i) {
    const Json& row = answer.at("probabilities").at(i);
    CHECK(row.at("1").get<double>() == Approx(expected.at(i).get<double>()).epsilon(1e-9));
    CHECK(row.at("0").get<double>() == 1 - row.at("1").get<double>());
  }
  Request request{"POST", "/predict", {{"probabilities", "false"}}, {}, {}, passengers(), {}};
  CHECK_FALSE(has(site.call(request).body, "probabilities"));
  request.query = {{"probabilities", ""}};
  CHECK(has(site.call(request).body, "probabilities"));
}

TEST_CASE("?warnings counts what was missing, unknown and out of range, by feature", "[server]") {
  const Site site = titanic_site();
  const Json answer = Json::parse(
      site.predict(R"([{"Age":300,"Sex":"x","Embarked":"S"},{"Sex":"male","Embarked":null}])",
                   "application/json", {"warnings"})
          .body);
  CHECK(answer.at("warnings") == Json::parse(R"({
    "Age": {"missing": 1, "unknown": 0, "out_of_range": 1},
    "Sex": {"missing": 0, "unknown": 1, "out_of_range": 0},
    "Embarked": {"missing": 1, "unknown": 0, "out_of_range": 0}})"));
  CHECK(site.predict(R"({"Age":30,"Sex":"male","Embarked":"S"})", "application/json", {"warnings"})
            .body == "{\"prediction\":[0],\"warnings\":{}}\n");
}

TEST_CASE("Values are taken in every spelling that makes sense", "[server]") {
  const Site site = titanic_site();
  const auto probability = [&](const std::string& record) {
    return site.predict(record, "application/json", {"probabilities"}).body;
  };
  const std::string plain = probability(R"({"Age":22,"Sex":"male","Embarked":"S"})");
  CHECK(probability(R"({"Age":"22","Sex":"male","Embarked":"S","more":[{}]})") == plain);
  CHECK(probability(R"({"Embarked":"S","Age":22.0,"Sex":"male"})") == plain);
  const std::string missing = probability(R"({"Sex":"male"})");
  CHECK(probability(R"({"Age":null,"Sex":"male","Embarked":""})") == missing);
  CHECK(probability(R"({"Age":"","Sex":"male","Embarked":"NA"})") == missing);
  CHECK(probability(R"({"Age":true,"Sex":"male","Embarked":"S"})") ==
        probability(R"({"Age":1,"Sex":"male","Embarked":"S"})"));
}

TEST_CASE("What is no JSON gets 400", "[server]") {
  const Site site = titanic_site();
  CHECK(has(malformed(site.predict("[{'Age': 22, 'Sex': 'male'}]")), "single"));
  CHECK(has(malformed(site.predict("{'Age': 22}")), "single"));
  CHECK(has(malformed(site.predict(R"([{"Sex": "\"", "Age": '22'}])")), "single"));
  CHECK_FALSE(has(malformed(site.predict(R"([{"Sex": "it's", "Age": ])")), "single"));
  for (const std::string body :
       {"", " ", "[", "{\"Age\":22", "[{\"Age\":22},", "[{\"Age\":2", "Age=22", "[{\"Age\":NaN}]",
        "[{\"Age\":Infinity}]", "[{\"Age\":1e400}]", "[{\"Age\":22}] x", "[{\"Age\":22,}]",
        "[{\"Age\":022}]", "{\"Age\" 22}", "\"\\ud800\"", "[{\"Sex\":\"\xFF\"}]",
        "[{\"Sex\":\"a\nb\"}]"}) {
    CAPTURE(body);
    CHECK(has(malformed(site.predict(body)), "the body"));
  }
  CHECK(has(malformed(site.predict(std::string(100'000, '['))), "the body"));
  CHECK(has(malformed(site.predict(std::string(66, '[') + std::string(66, ']'))),
            "the body is nested more than 64 levels deep"));
  CHECK(has(malformed(site.predict(std::string("{\"Age\":1}\0", 10))), "the body"));
}

TEST_CASE("What is no CSV gets 400", "[server]") {
  const Site site = titanic_site();
  for (const std::string body :
       {"", "Age,Sex,Embarked\n\"22,male,S\n", "Age,Sex,Embarked\n2\xFF,male,S\n",
        "Age,Age,Sex,Embarked\n1,1,male,S\n"}) {
    CAPTURE(body);
    CHECK(has(malformed(site.predict(body, "text/csv")), "body"));
  }
  CHECK(has(malformed(site.predict(std::string("Age,Sex,Embarked\n2\0,male,S\n", 27), "text/csv")),
            "body:2"));
}

TEST_CASE("Records that make no sense get 422 with every error at once", "[server]") {
  const Site site = titanic_site();
  using Errors = std::vector<std::string>;
  CHECK(errors_of(site.predict(
            R"([{"Age":"old","Sex":["male"]},{"Age":3},7,{"Age":{},"Sex":"male"},[1],{"x":1}])")) ==
        Errors{"#/0/Age \"old\" is not a number", "#/0/Sex a list is not a string",
               "#/2 is not an object but a number", "#/3/Age an object is not a number",
               "#/4 is not an object but a list",
               "#/5 has none of the features Age, Sex, Embarked"});
  CHECK(errors_of(site.predict(R"({"Age":"old"})")) == Errors{"#/Age \"old\" is not a number"});
  CHECK(errors_of(site.predict("[[1,2],[3,4]]")) ==
        Errors{"#/0 is not an object but a list", "#/1 is not an object but a list"});
  CHECK(errors_of(site.predict("7")) == Errors{"# is not an object but a number"});
  CHECK(errors_of(site.predict("{}")) == Errors{"# has none of the features Age, Sex, Embarked"});
  CHECK(errors_of(site.predict(R"([{"age":3,"sex":"male"}])")) ==
        Errors{"#/0 has none of the features Age, Sex, Embarked; did you mean 'Age' by 'age'?"});
  CHECK(errors_of(site.predict("Age,Sex,Embarked\n1,male,S\nold,male,S\n2,male\n", "text/csv")) ==
        Errors{"#/1/Age \"old\" is not a number", "#/2 has 2 fields where the header has 3"});
  const Errors lines = errors_of(
      site.predict("{\"Age\":1}\n\n{\"Age\":\"x\"}\n{\"Age\":\n", "application/x-ndjson"));
  REQUIRE(lines.size() == 2);
  CHECK(lines[0] == "#/1/Age \"x\" is not a number");
  CHECK(lines[1].starts_with("#/2 is not JSON"));
}

TEST_CASE("A CSV header that lacks a column gets 422 and the nearest name", "[server]") {
  const Json problem =
      problem_of(titanic_site().predict("age,Sex,Embarked\n1,male,S\n", "text/csv"), 422);
  CHECK(problem.at("title") == kBadBody);
  CHECK(has(problem.at("detail"), "no column 'Age'; did you mean 'age'?"));
}

TEST_CASE("Of many errors a hundred are listed, of very many not all are looked for", "[server]") {
  const Site site = titanic_site();
  const auto zeros = [](int count) {
    std::string body = "[0";
    for (int i = 1; i < count; ++i) body += ",0";
    return body + "]";
  };
  const Response many = site.predict(zeros(5000));
  CHECK(errors_of(many).size() == 100);
  CHECK(Json::parse(many.body).at("detail") == "5000 errors, the first 100 are listed");
  const Response more = site.predict(zeros(500'000));
  CHECK(errors_of(more).size() == 100);
  CHECK(Json::parse(more.body).at("detail") == "10000 errors or more, the first 100 are listed");
}

TEST_CASE("Pointers are escaped as JSON Pointers in a URI fragment", "[server]") {
  CHECK(server::body_pointer(true, 3, "Age") == "#/3/Age");
  CHECK(server::body_pointer(false, 0, "a/b~c") == "#/a~1b~0c");
  CHECK(server::body_pointer(true, 0, "x y\"é%") == "#/0/x%20y%22%C3%A9%25");
  CHECK(server::body_pointer(false, 0, "") == "#");
  const Site site(
      {{"m", testing::make_model({testing::number("a/b ~c", 0, 1)},
                                 {"y", features::TargetType::integer, {"0", "1"}, {1, 1}})}});
  CHECK(errors_of(site.predict(R"([{"a/b ~c":"x"}])")) ==
        std::vector<std::string>{"#/0/a~1b%20~0c \"x\" is not a number"});
}

TEST_CASE("A type or charset that is not spoken gets 415, an unwanted answer 406", "[server]") {
  const Site site = titanic_site();
  for (const char* type : {"application/xml", "text/plain", "application/json; charset=utf-16",
                           "application/x-www-form-urlencoded", "application", ";"}) {
    CAPTURE(type);
    problem_of(site.predict(passengers(), type), 415);
  }
  for (const char* type : {"application/json", "Application/JSON ; Charset=\"UTF-8\"", "text/json",
                           "application/vnd.api+json; profile=x"}) {
    CAPTURE(type);
    CHECK(site.predict(passengers(), type).status == 200);
  }
  const auto accepting = [&](const char* accept) {
    return site.post("/predict", passengers(), "application/json", {}, {{"Accept", accept}});
  };
  for (const char* accept : {"text/html", "text/csv, application/xml", "application/json;q=0",
                             "*/*;q=0.0", "application/json;q=0, */*"}) {
    CAPTURE(accept);
    problem_of(accepting(accept), 406);
  }
  for (const char* accept : {"*/*", "application/json", "text/html, */*;q=0.1", "application/*",
                             "*/*;q=0, application/json", "Application/Json; q=0.5"}) {
    CAPTURE(accept);
    CHECK(accepting(accept).status == 200);
  }
}

TEST_CASE("A request past its deadline gets 504, in every format", "[server]") {
  const Site site = titanic_site();
  for (const auto& [type, body] : std::vector<std::pair<std::string, std::string>>{
           {"application/json", R"([{"Age":1}])"},
           {"application/x-ndjson", R"({"Age":1})"},
           {"text/csv", "Age,Sex,Embarked\n1,male,S\n"}}) {
    CAPTURE(type);
    Request request{"POST", "/predict", {}, {{"Content-Type", type}}, {}, body, {}};
    request.deadline = std::chrono::steady_clock::now() - std::chrono::seconds(1);
    problem_of(site.call(request), 504);
  }
}

TEST_CASE("Without a model predictions get 503 and the server is not ready", "[server]") {
  const Site site;
  const Response response = site.predict(passengers());
  CHECK(problem_of(response, 503).at("title") == "No model here to use");
  CHECK(response.headers == Headers{{"Retry-After", "1"}});
  CHECK(site.get("/livez").status == 200);
  CHECK(site.get("/readyz").status == 503);
  CHECK(site.get("/models").body == "{\"models\":[],\"aliases\":[]}\n");
}

TEST_CASE("Probes tell alive from ready", "[server]") {
  Site site({{"m", testing::small_model()}});
  CHECK(site.get("/livez").body == "{\"status\":\"live\"}\n");
  CHECK(site.get("/readyz").body == "{\"status\":\"ready\"}\n");
  site.service.draining = true;
  CHECK(site.get("/livez").status == 200);
  const Response draining = site.get("/readyz");
  CHECK(draining.status == 503);
  CHECK(draining.body == "{\"status\":\"draining\"}\n");
  CHECK(site.predict(R"({"age":3})").status == 200);
}

TEST_CASE("GET /models/{name} describes the model, with an ETag", "[server]") {
  const Site site = titanic_site();
  const Response response = site.get("/models/titanic");
  CHECK(response.status == 200);
  const Json model = Json::parse(response.body);
  CHECK(model.at("name") == "titanic");
  CHECK(model.at("version") == "1");
  CHECK(model.at("versions") == Json::array({"1"}));
  CHECK(model.at("target") ==
        Json::parse(R"({"name":"Survived","type":"integer","classes":[0,1]})"));
  CHECK(model.at("features").size() == 3);
  CHECK(model.at("features").at(1).at("categories") == Json::array({"female", "male"}));
  CHECK(model.at("columns").size() == 7);
  CHECK(model.at("metrics").contains("roc_auc"));
  const std::string checksum = model.at("checksum");
  REQUIRE(response.headers.size() == 1);
  CHECK(response.headers[0].first == "ETag");
  const std::string etag = response.headers[0].second;
  CHECK(etag.size() == 2 + checksum.substr(7).size());
  const Json listed = Json::parse(site.get("/models").body).at("models").at(0);
  CHECK(listed == Json({{"name", "titanic"},
                        {"version", "1"},
                        {"checksum", checksum},
                        {"versions", Json::array({"1"})}}));

  for (const std::string& known : {etag, "W/" + etag, "\"x\", " + etag, std::string("*")}) {
    const Response same = site.get("/models/titanic", {{"if-none-match", known}});
    CHECK(same.status == 304);
    CHECK(same.body.empty());
    CHECK(same.headers == Headers{{"ETag", etag}});
  }
  CHECK(site.get("/models/titanic", {{"If-None-Match", "\"other\""}}).status == 200);
}

TEST_CASE("A model that is not there gets 404 by name, a wrong method 405", "[server]") {
  const Site site = titanic_site();
  CHECK(has(problem_of(site.get("/models/none"), 404).at("detail"), "no model 'none'"));
  problem_of(site.post("/models/none/predict", passengers()), 404);
  CHECK(has(problem_of(site.get("/models/a\nb"), 404).at("detail"), "'a\\nb'"));
  CHECK(site.get("/predict").status == 405);
  CHECK(site.get("/predict").body == "POST");
  CHECK(site.call({"PUT", "/models/titanic", {}, {}, {}, {}, {}}).body == "GET, HEAD, DELETE");
  CHECK(site.get("/nothing").status == 404);
}

TEST_CASE("With several models each answers by its name, and one by default", "[server]") {
  const Site site({{"small", testing::small_model()}, {"titanic", titanic()}});
  CHECK(site.post("/models/titanic/predict", passengers()).status == 200);
  CHECK(site.post("/models/small/predict", R"({"age":3})").status == 200);
  CHECK(has(problem_of(site.predict(passengers()), 404).at("detail"), "one of small, titanic"));
  CHECK(Json::parse(site.get("/models").body).at("models").size() == 2);

  const Site with_default({{"small", testing::small_model()}, {"titanic", titanic()}}, "titanic");
  CHECK(with_default.predict(passengers()).body == "{\"prediction\":[0,1,0,0]}\n");
  const Site without_it({{"small", testing::small_model()}}, "titanic");
  CHECK(has(problem_of(without_it.predict(passengers()), 404).at("detail"), "one of small"));
}

TEST_CASE("Class names of any kind are written as JSON", "[server]") {
  const Site site({{"m", testing::awkward_model()}});
  const Json answer =
      Json::parse(site.predict(R"([{"int":0.5}])", "application/json", {"probabilities"}).body);
  const std::vector<std::string> classes = {"no \\ \"nein\"", "yes\nja"};
  const std::string predicted = answer.at("prediction").at(0);
  CHECK(std::find(classes.begin(), classes.end(), predicted) != classes.end());
  for (const std::string& name : classes) {
    CHECK(answer.at("probabilities").at(0).at(name).is_number());
  }
  CHECK(Json::parse(site.get("/models/m").body).at("features").size() == 16);
}

TEST_CASE("Reloading replaces a model by a good file and never by a bad one", "[server]") {
  Site site({{"m", testing::small_model()}, {"n", testing::small_model()}});
  const std::string before = site.get("/models/m").body;
  CHECK(site.service.models.reload());
  CHECK(site.get("/models/m").body == before);

  model::Model other = testing::small_model();
  other.metrics = {{"accuracy", 0.9}};
  model::save(other, site.path("m"));
  CHECK(site.service.models.reload());
  const std::string after = site.get("/models/m").body;
  CHECK(after != before);
  CHECK(has(after, "0.9"));

  std::string text = model::to_text(testing::small_model());
  const std::vector<std::string> bad = {"", text.substr(0, text.size() / 2), text + "x", "{}"};
  for (const std::string& damaged : bad) {
    write_file(site.path("m"), damaged);
    CHECK_FALSE(site.service.models.reload());
    CHECK(site.get("/models/m").body == after);
  }
  std::remove(site.path("m").c_str());
  CHECK_FALSE(site.service.models.reload());
  CHECK(site.get("/models/m").body == after);
  CHECK(site.post("/models/m/predict", R"({"age":3})").status == 200);
}

TEST_CASE("One file may be served under two names; both are reloaded", "[server]") {
  Site site({{"m", testing::small_model()}});
  site.service.models.add_file(site.path("m"), "again");
  model::Model other = testing::small_model();
  other.metrics = {{"accuracy", 0.9}};
  model::save(other, site.path("m"));
  CHECK(site.service.models.reload());
  CHECK(has(site.get("/models/m").body, "0.9"));
  CHECK(has(site.get("/models/again").body, "0.9"));
}

TEST_CASE("Requests that run while a model is replaced are answered by one or the other",
          "[server]") {
  model::Model yes = testing::small_model();
  yes.golden_rows.clear();
  model::Model no = yes;
  yes.intercepts = {100};
  no.intercepts = {-100};
  Site site({{"m", no}});
  std::atomic<bool> done = false;
  std::atomic<int> wrong = 0;
  {
    std::vector<std::jthread> clients;
    clients.reserve(3);
    for (int i = 0; i < 3; ++i) {
      clients.emplace_back([&] {
        do {
          const std::string body = site.predict(R"([{"age":3},{"age":4}])").body;
          wrong += body != "{\"prediction\":[0,0]}\n" && body != "{\"prediction\":[1,1]}\n";
        } while (!done);
      });
    }
    for (int i = 0; i < 20; ++i) {
      model::save(i % 2 == 0 ? yes : no, site.path("m"));
      if (!site.service.models.reload()) ++wrong;
    }
    done = true;
  }
  CHECK(wrong == 0);
  CHECK(site.predict(R"({"age":3})").body == "{\"prediction\":[0]}\n");
}

TEST_CASE("Explanations add up to the log odds", "[server]") {
  const Site site = titanic_site();
  const Json answer = Json::parse(
      site.predict(passengers(), "application/json", {"explain", "probabilities"}).body);
  REQUIRE(answer.at("explanations").size() == 4);
  for (std::size_t i = 0; i < 4; ++i) {
    const Json& explanation = answer.at("explanations").at(i);
    double margin = explanation.at("baseline").get<double>();
    CHECK(explanation.at("contributions").size() == 3);
    for (const auto& [feature, contribution] : explanation.at("contributions").items())
      margin += contribution.get<double>();
    const double p = answer.at("probabilities").at(i).at("1").get<double>();
    CHECK(margin == Approx(std::log(p / (1 - p))).epsilon(1e-12));
  }
}

TEST_CASE("A model of several classes answers with one of them and with all probabilities",
          "[server]") {
  const Site site(
      {{"m", testing::make_model(
                 {testing::number("x", 0, 9)},
                 {"y", features::TargetType::string, {"a b", "c,d", "\"é\""}, {3, 3, 3}})}});
  const Json answer = Json::parse(
      site.predict(R"([{"x":1},{"x":-100}])", "application/json", {"explain", "probabilities"})
          .body);
  for (std::size_t i = 0; i < 2; ++i) {
    const Json& probabilities = answer.at("probabilities").at(i);
    REQUIRE(probabilities.size() == 3);
    double sum = 0;
    std::string likeliest;
    for (const auto& [name, p] : probabilities.items()) {
      sum += p.get<double>();
      if (likeliest.empty() || p > probabilities.at(likeliest)) likeliest = name;
    }
    CHECK(sum == Approx(1).epsilon(1e-12));
    CHECK(answer.at("prediction").at(i) == likeliest);
    CHECK(answer.at("explanations").at(i).at("baseline").size() == 3);
    CHECK(answer.at("explanations").at(i).at("contributions").at("x").contains("a b"));
  }
}

TEST_CASE("A model of numbers answers with numbers and has no probabilities", "[server]") {
  model::Model model = testing::make_model(
      {testing::number("x", 0, 9)},
      {"y", features::TargetType::real, {}, {}, features::Task::regression, 0, 9, 4});
  model.estimator = model::Estimator::linear;
  model.golden_rows.clear();
  const Site site({{"m", model}});
  const double expected = model.intercepts[0] + model.coefficients[0][0] * 3;
  CHECK(Json::parse(site.predict(R"({"x":3})").body).at("prediction").at(0) == expected);
  const Json refused =
      problem_of(site.predict(R"({"x":3})", "application/json", {"probabilities"}), 400);
  CHECK(refused.at("detail") == "a model of numbers has no probabilities");
  CHECK(Json::parse(site.get("/models/m").body).at("task") == "regression");
}

TEST_CASE("A flag of a query is true or false", "[server]") {
  const Site site = titanic_site();
  Request request{"POST", "/predict", {{"probabilities", "maybe"}}, {}, {}, passengers(), {}};
  request.headers.emplace_back("content-type", "application/json");
  CHECK(problem_of(site.call(request), 400).at("detail") ==
        "?probabilities=maybe is neither true nor false");
  request.query = {{"probabilities", "false"}};
  CHECK(site.call(request).body == "{\"prediction\":[0,1,0,0]}\n");
}
