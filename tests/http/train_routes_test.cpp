#include <string>
#include <vector>

#include "core/atomic_file.hpp"
#include "core/log.hpp"
#include "core/version.hpp"
#include "jobs/worker.hpp"
#include "server/about_route.hpp"
#include "support/job_site.hpp"

using namespace mlserve;
using namespace mlserve::testing;
using Json = nlohmann::json;
using server::Response;

namespace {

const Headers kCsv = {{"Content-Type", "text/csv"}};
const std::string kTable = "x,y\n1,2\n2,4\n3,6\n4,8\n5,10\n6,12\n";

server::RouteOptions training() {
  server::RouteOptions options;
  options.allow_training = true;
  return options;
}

bool has(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

}  // namespace

TEST_CASE("POST /models/{name} makes a job of training", "[server]") {
  JobSite site(training());
  const Query query = {{"target", "y"}, {"task", "regression"}, {"promote", "false"}};
  const Response response = site.post("/models/new.model-1_a", kTable, kCsv, query);
  CHECK(response.status == 202);
  CHECK(header(response, "Preference-Applied").empty());
  const store::Job job = site.claim();
  CHECK(header(response, "Location") == "/jobs/" + job.id);
  CHECK(job.kind == "train");
  CHECK(job.model == "new.model-1_a");
  CHECK(job.model_checksum.empty());
  CHECK(Json::parse(job.parameters) ==
        Json::parse(R"({"options":[["target","y"],["task","regression"]],"promote":false})"));
  CHECK(site.jobs().read_piece(job.body, 0) == kTable);

  PiecewiseBody large(kTable + std::string(std::size_t{2} << 20, '\n'));
  CHECK(site.stream("/models/m", large, kCsv, {{"target", "y"}}).status == 202);
  CHECK(Json::parse(site.claim().parameters).at("promote") == true);
}

TEST_CASE("Training is off unless the server allows it", "[server]") {
  JobSite site;
  CHECK(has(problem_detail(site.post("/models/m", kTable, kCsv), 403), "--allow-training"));
  PiecewiseBody body(kTable);
  CHECK(has(problem_detail(site.stream("/models/m", body, kCsv), 403), "--allow-training"));
  CHECK(body.read_bytes() == 0);
}

TEST_CASE("What cannot be trained is told before there is a job", "[server]") {
  JobSite site(training());
  for (const std::string& name : {std::string(".hidden"), std::string("a b"), std::string("é"),
                                  std::string(101, 'a'), std::string("a\n")}) {
    CAPTURE(name);
    problem_detail(site.post("/models/" + name, kTable, kCsv), 400);
  }
  CHECK(
      has(problem_detail(site.post("/models/m", kTable, kCsv, {{"tarjet", "y"}}), 400), "target"));
  problem_detail(site.post("/models/m", kTable, kCsv, {{"test-size", "2"}}), 400);
  problem_detail(site.post("/models/m", kTable, kCsv, {{"promote", "perhaps"}}), 400);
  CHECK(has(problem_detail(site.post("/models/m", kTable, kCsv, {{"features", ""}}), 400),
            "names no column"));
  problem_detail(site.post("/models/m", kTable, {{"Content-Type", "application/json"}}), 415);
  CHECK(has(problem_detail(site.post("/models/m", kTable, kCsv, {{"target", "\xFF"}}), 400),
            "?target="));
  problem_detail(site.post("/models/m", kTable, kCsv, {{"\xC3", "\xA9"}}), 400);
  CHECK_FALSE(site.store().database().exists());
}

TEST_CASE("POST /schema shows what would be inferred", "[server]") {
  JobSite site;
  const std::string csv = "x,z,y\n1,a,yes\n2,b,no\n3,a,yes\n4,b,no\n";
  const auto post = [&](const std::string& text, const Headers& headers, const Query& query) {
    PiecewiseBody body(text);
    return site.stream("/schema", body, headers, query);
  };
  const Response response = post(csv, kCsv, {{"target", "y"}});
  CHECK(response.status == 200);
  CHECK(response.content_type == "application/json");
  const Json schema = Json::parse(response.body);
  CHECK(schema.at("columns") == Json({"x", "z", "y"}));
  CHECK(schema.at("target") == "y");
  CHECK(schema.at("features").size() == 2);

  const Response columns = post("x, \"z, w\",y\r\n1,2,3\r\n", kCsv, {});
  CHECK(columns.status == 200);
  CHECK(Json::parse(columns.body) == Json({{"columns", {"x", "z, w", "y"}}}));
  const Json recipe = Json::parse(post("Survived,x\n0,1\n1,2\n", kCsv, {}).body);
  CHECK(recipe.at("columns") == Json({"Survived", "x"}));
  CHECK(recipe.at("target") == "Survived");

  CHECK(has(problem_detail(post(csv, kCsv, {{"target", "w"}}), 400), "w"));
  CHECK(has(problem_detail(post(csv, kCsv, {{"target", "\xFF"}}), 400), "?target="));
  problem_detail(post("", kCsv, {}), 422);
  problem_detail(post(csv, {{"Content-Type", "application/json"}}, {}), 415);
}

TEST_CASE("A trained model is described by its job", "[server]") {
  JobSite site(training());
  Log quiet(stderr, LogLevel::off, LogFormat::text);
  jobs::Worker worker(site.store(), {}, quiet);
  worker.start();
  const std::string titanic = read_file(MLSERVE_SOURCE_DIR "/data/titanic.csv", 1 << 20);
  const std::string id = Json::parse(site.post("/models/titanic", titanic, kCsv).body).at("id");
  const Json job = Json::parse(site.get("/jobs/" + id, {{"wait", "60"}}).body);
  CHECK(job.at("status") == "succeeded");
  const Json result = Json::parse(whole_body(site.get("/jobs/" + id + "/result")));
  CHECK(result.contains("metrics"));
  CHECK(site.store().models().promoted(1).at(0).name == "titanic");
  worker.stop();
}

TEST_CASE("GET /about tells what the server allows and takes", "[server]") {
  server::RouteOptions options = training();
  options.sync_limit = 5;
  options.max_body_bytes = 6;
  options.max_job_bytes = 7;
  options.admin = true;
  options.api_keys = true;
  const JobSite site(options);
  const Json about = Json::parse(site.get("/about").body);
  CHECK(about == Json({{"version", kVersion},
                       {"keys", true},
                       {"jobs", true},
                       {"training", true},
                       {"admin", true},
                       {"sync_limit", 5},
                       {"max_body_bytes", 6},
                       {"max_job_bytes", 7}}));
}

TEST_CASE("GET /about of a server without jobs tells of no training", "[server]") {
  const server::Service alone;
  const Json about = Json::parse(server::answer_about(alone, training()).body);
  CHECK(about.at("jobs") == false);
  CHECK(about.at("training") == false);
  CHECK(about.at("max_job_bytes") == 0);
}
