#include <string>
#include <vector>

#include "core/log.hpp"
#include "jobs/worker.hpp"
#include "support/job_site.hpp"

using namespace mlserve;
using namespace mlserve::testing;
using Json = nlohmann::json;
using server::Response;

namespace {

const std::string kLines =
    "{\"prediction\":0,\"probabilities\":{\"0\":0.75,\"1\":0.25}}\n"
    "{\"prediction\":1,\"probabilities\":{\"0\":0.125,\"1\":0.875}}\n";

/// The result of a job that has succeeded, for a client that accepts this.
Response result(const JobSite& site, const std::string& id, const std::string& accept = "") {
  Headers headers;
  if (!accept.empty()) headers.emplace_back("Accept", accept);
  return site.get("/jobs/" + id + "/result", {}, headers);
}

std::string finished_job(JobSite& site) {
  const std::string id = site.submit();
  site.finish(site.claim(), kLines, R"({"rows":2,"warnings":{}})");
  return id;
}

}  // namespace

TEST_CASE("A result comes in the media type that is asked for", "[server]") {
  JobSite site;
  const std::string id = finished_job(site);
  for (const char* accept : {"", "*/*", "application/json", "text/html, */*;q=0.1",
                             "text/csv;q=0.5, application/json"}) {
    CAPTURE(accept);
    Response response = result(site, id, accept);
    CHECK(response.status == 200);
    CHECK(response.content_type == "application/json");
    CHECK(whole_body(std::move(response)) ==
          "{\"prediction\":[0,1],\"probabilities\":[{\"0\":0.75,\"1\":0.25},"
          "{\"0\":0.125,\"1\":0.875}]}\n");
  }
  for (const char* accept : {"application/x-ndjson", "application/jsonl",
                             "application/json;q=0.5, application/x-ndjson;q=0.9"}) {
    CAPTURE(accept);
    Response response = result(site, id, accept);
    CHECK(response.content_type == "application/x-ndjson");
    CHECK(whole_body(std::move(response)) == kLines);
  }
  for (const char* accept : {"text/csv", "text/*", "text/csv, */*;q=0.1"}) {
    CAPTURE(accept);
    Response response = result(site, id, accept);
    CHECK(response.content_type == "text/csv");
    CHECK(whole_body(std::move(response)) ==
          "prediction,probability_0,probability_1\n0,0.75,0.25\n1,0.125,0.875\n");
  }
  for (const char* accept : {"text/html", "application/xml, image/*", "*/*;q=0"}) {
    CAPTURE(accept);
    problem_detail(result(site, id, accept), 406);
  }
}

TEST_CASE("A link asks for a format of the result by the query", "[server]") {
  JobSite site;
  const std::string place = "/jobs/" + finished_job(site) + "/result";
  const Headers browser = {{"Accept", "text/html,*/*;q=0.8"}};
  Response csv = site.get(place, {{"format", "csv"}}, browser);
  CHECK(csv.content_type == "text/csv");
  CHECK(whole_body(std::move(csv)) ==
        "prediction,probability_0,probability_1\n0,0.75,0.25\n1,0.125,0.875\n");
  CHECK(whole_body(site.get(place, {{"format", "jsonl"}}, browser)) == kLines);
  CHECK(site.get(place, {{"format", "json"}}, {{"Accept", "text/csv"}}).content_type ==
        "application/json");
  CHECK(problem_detail(site.get(place, {{"format", "xml"}}), 400) ==
        "?format=xml is none of json, jsonl, csv");
}

TEST_CASE("A job without a result says why", "[server]") {
  JobSite site;
  const std::string id = site.submit();
  const Response queued = result(site, id);
  CHECK(problem_detail(queued, 409) == "the job is queued; ask again later");
  CHECK(header(queued, "Retry-After") == "1");
  const store::Job job = site.claim();
  CHECK(problem_detail(result(site, id), 409) == "the job is running; ask again later");
  REQUIRE(site.jobs().fail({id, job.token}, "body:3: bad", 1, std::chrono::hours(1)));
  const Response failed = result(site, id);
  CHECK(problem_detail(failed, 409) == "the job has failed: body:3: bad");
  CHECK(header(failed, "Retry-After").empty());

  const std::string cancelled = site.submit();
  site.remove("/jobs/" + cancelled);
  CHECK(problem_detail(result(site, cancelled), 409) == "the job was cancelled");
}

TEST_CASE("A result that has expired is gone", "[server]") {
  JobSite site;
  const std::string id = site.submit();
  const store::Job job = site.claim();
  REQUIRE(site.jobs().append_result({id, job.token}, 0, kLines));
  store::JobResult end;
  end.summary = R"({"rows":2})";
  end.time_to_live = std::chrono::milliseconds(-1);  // over by now, in this very millisecond
  REQUIRE(site.jobs().finish({id, job.token}, end));
  while (site.jobs().sweep({})) {
  }
  CHECK(site.job(id).at("status") == "expired");
  problem_detail(result(site, id), 410);
}

TEST_CASE("A result that is not whole is no answer", "[server]") {
  JobSite site;
  const std::string id = site.submit();
  site.finish(site.claim(), kLines, R"({"rows":3})");
  problem_detail(result(site, id), 503);
}

TEST_CASE("The result of a training is its document", "[server]") {
  JobSite site;
  store::NewJob training;
  training.id = make_uuid();
  training.kind = "train";
  training.model = "t";
  site.jobs().submit(training, {});
  const std::string document = "{\"model\":\"" + std::string(700'000, 'x') + "\"}\n";
  site.finish(site.claim(), document);
  Response response = result(site, training.id);
  CHECK(response.content_type == "application/json");
  CHECK(response.body.size() < document.size());
  CHECK(whole_body(std::move(response)) == document);
  problem_detail(result(site, training.id, "text/csv"), 406);
}

TEST_CASE("What a worker makes of a job is what the server answers at once", "[server]") {
  JobSite site;
  Log quiet(stderr, LogLevel::off, LogFormat::text);
  jobs::Worker worker(site.store(), {}, quiet);
  worker.start();
  const std::string records = R"([{"age":3,"sex":"male"},{"age":90,"sex":"female"},{"sex":"x"}])";
  const std::string csv = "age,sex\n3,male\n90,female\n,x\n";
  for (const auto& [type, body] : std::vector<std::pair<std::string, std::string>>{
           {"application/json", records}, {"text/csv", csv}}) {
    const Headers sync = {{"Content-Type", type}};
    const Headers async = {{"Content-Type", type}, {"Prefer", "respond-async"}};
    const Query query = {{"probabilities", "true"}, {"explain", "true"}};
    const std::string id = Json::parse(site.post("/predict", body, async, query).body).at("id");
    const Json job = Json::parse(site.get("/jobs/" + id, {{"wait", "60"}}).body);
    CHECK(job.at("status") == "succeeded");
    CHECK(job.at("summary").at("rows") == 3);
    CHECK(
        job.at("summary").at("warnings") ==
        Json::parse(site.post("/predict", body, sync, {{"warnings", "true"}}).body).at("warnings"));
    CHECK(whole_body(result(site, id)) == site.post("/predict", body, sync, query).body);
  }
  const std::string bad = site.submit(R"([{"age":"old"}])");
  CHECK(Json::parse(site.get("/jobs/" + bad, {{"wait", "60"}}).body).at("status") == "failed");
  CHECK(problem_detail(result(site, bad), 409).find("\"old\" is not a number") !=
        std::string::npos);
  worker.stop();
}
