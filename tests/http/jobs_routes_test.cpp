#include <string>
#include <vector>

#include "support/job_site.hpp"

using namespace mlserve;
using namespace mlserve::testing;
using Json = nlohmann::json;
using server::Response;

namespace {

constexpr std::chrono::hours kHour{1};

bool is_moment(const Json& value) {
  const std::string text = value;
  return text.size() == 24 && text[10] == 'T' && text[19] == '.' && text.back() == 'Z';
}

std::vector<std::string> listed(const JobSite& site, Query query = {}) {
  const Response response = site.get("/jobs", std::move(query));
  CHECK(response.status == 200);
  std::vector<std::string> ids;
  const Json list = Json::parse(response.body);
  for (const Json& job : list.at("jobs")) ids.push_back(job.at("id"));
  return ids;
}

}  // namespace

TEST_CASE("GET /jobs/{id} tells the life of a job", "[server]") {
  JobSite site;
  const std::string id = site.submit();
  const Response response = site.get("/jobs/" + id);
  CHECK(response.status == 200);
  CHECK(header(response, "Retry-After") == "1");
  Json job = Json::parse(response.body);
  CHECK(job.at("id") == id);
  CHECK(job.at("kind") == "predict");
  CHECK(job.at("status") == "queued");
  CHECK(job.at("position") == 1);
  CHECK(job.at("model") == "m");
  CHECK(is_moment(job.at("created_at")));
  for (const char* key : {"started_at", "finished_at", "expires_at", "error"}) {
    CAPTURE(key);
    CHECK(job.at(key).is_null());
  }
  CHECK(job.at("attempts") == 0);
  CHECK(job.at("progress") == 0);
  CHECK(job.at("failures") == Json::array());
  CHECK_FALSE(job.contains("summary"));
  CHECK(job.at("links").at("result") == "/jobs/" + id + "/result");

  store::Job claimed = site.claim();
  REQUIRE(site.jobs().renew({id, claimed.token}, 0.426));
  job = site.job(id);
  CHECK(job.at("status") == "running");
  CHECK_FALSE(job.contains("position"));
  CHECK(is_moment(job.at("started_at")));
  CHECK(job.at("attempts") == 1);
  CHECK(job.at("progress") == 43);

  REQUIRE(site.jobs().fail({id, claimed.token}, "the \"first\" reason", 3, kHour));
  job = site.job(id);
  CHECK(job.at("status") == "queued");
  CHECK(job.at("error") == "the \"first\" reason");
  CHECK(job.at("failures") ==
        Json::parse(R"([{"attempt":1,"worker":"worker-1","reason":"the \"first\" reason"}])"));

  site.finish(site.claim(), "{\"prediction\":0}\n", R"({"rows":1,"warnings":{"age":{}}})");
  const Response done = site.get("/jobs/" + id);
  CHECK(header(done, "Retry-After").empty());
  job = Json::parse(done.body);
  CHECK(job.at("status") == "succeeded");
  CHECK(job.at("progress") == 100);
  CHECK(job.at("summary") == Json::parse(R"({"rows":1,"warnings":{"age":{}}})"));
  CHECK(is_moment(job.at("finished_at")));
  CHECK(is_moment(job.at("expires_at")));
}

TEST_CASE("A job that is not known gets 404, and no database is made for it", "[server]") {
  JobSite site;
  const std::string unknown = "/jobs/" + make_uuid();
  for (const std::string& path : {unknown, std::string("/jobs/1"), std::string("/jobs/a\nb")}) {
    CAPTURE(path);
    problem_detail(site.get(path), 404);
    problem_detail(site.get(path, {{"wait", "30"}}), 404);
    problem_detail(site.get(path + "/result"), 404);
    problem_detail(site.remove(path), 404);
    problem_detail(site.post(path + "/retry", ""), 404);
  }
  CHECK(listed(site).empty());
  CHECK_FALSE(site.store().database().exists());
  site.submit();
  problem_detail(site.get(unknown), 404);
  problem_detail(site.get(unknown, {{"wait", "30"}}), 404);
  problem_detail(site.get(unknown + "/result"), 404);
  problem_detail(site.remove(unknown), 404);
  problem_detail(site.post(unknown + "/retry", ""), 404);
}

TEST_CASE("?wait answers when the job has ended", "[server]") {
  JobSite site;
  const std::string id = site.submit();
  const std::string other = site.submit();
  Waiting waiting = site.wait("/jobs/" + id, {{"wait", "60"}});
  const store::Job job = site.claim();
  const auto finish = [&] { site.finish(job, "{\"prediction\":0}\n"); };
  const auto fail = [&] { REQUIRE(site.jobs().fail({id, job.token}, "no", 1, kHour)); };
  const auto cancel = [&] { CHECK(site.remove("/jobs/" + id).status == 200); };
  std::string expected;
  SECTION("by success") {
    finish();
    expected = "succeeded";
  }
  SECTION("by failure") {
    fail();
    expected = "failed";
  }
  SECTION("by a client") {
    cancel();
    expected = "cancelled";
  }
  REQUIRE(waiting.woken());
  const Response response = waiting.answer();
  CHECK(response.status == 200);
  CHECK(Json::parse(response.body).at("status") == expected);
  // A job that has ended already is told of at once.
  CHECK(Json::parse(site.get("/jobs/" + id, {{"wait", "60"}}).body).at("status") == expected);
  CHECK(site.job(other).at("status") == "queued");
}

TEST_CASE("?wait and Prefer: wait answer when the time is over", "[server]") {
  JobSite site;
  const std::string id = site.submit();
  const Response asked = site.get("/jobs/" + id, {{"wait", "1"}});
  CHECK(asked.status == 200);
  CHECK(header(asked, "Retry-After") == "1");
  CHECK(Json::parse(asked.body).at("status") == "queued");
  const Response wished = site.get("/jobs/" + id, {}, {{"Prefer", "wait=1"}});
  CHECK(Json::parse(wished.body).at("status") == "queued");
  CHECK(Json::parse(site.get("/jobs/" + id, {{"wait", "0"}}).body).at("status") == "queued");
  for (const char* wait : {"61", "-1", "x", "", "1.5"}) {
    CAPTURE(wait);
    problem_detail(site.get("/jobs/" + id, {{"wait", wait}}), 400);
  }
}

TEST_CASE("A server that stops tells waiting clients how things were", "[server]") {
  JobSite site({}, nullptr, 1);
  const std::string id = site.submit();
  Waiting waiting = site.wait("/jobs/" + id, {{"wait", "60"}});
  site.job(id);  // one thread: when this is answered, the first look is over
  site.executor().stop();
  const Response response = waiting.answer();
  CHECK(response.status == 200);
  CHECK(Json::parse(response.body).at("status") == "queued");
}

TEST_CASE("A job that ends in another process wakes those who wait here", "[server]") {
  const TemporaryFolder folder;
  const std::string url = "sqlite:" + folder.file("shared.db");
  JobSite here({}, url);
  JobSite there({}, url);
  const std::string id = here.submit();
  Waiting waiting = here.wait("/jobs/" + id, {{"wait", "60"}});
  there.finish(there.claim(), "{\"prediction\":0}\n");
  REQUIRE(waiting.woken());
  CHECK(Json::parse(waiting.answer().body).at("status") == "succeeded");
  CHECK(there.job(id).at("status") == "succeeded");
}

TEST_CASE("DELETE /jobs/{id} cancels what has not ended", "[server]") {
  JobSite site;
  const std::string id = site.submit();
  const Response cancelled = site.remove("/jobs/" + id);
  CHECK(cancelled.status == 200);
  CHECK(Json::parse(cancelled.body).at("status") == "cancelled");
  CHECK(site.remove("/jobs/" + id).status == 200);

  const std::string done = site.submit();
  site.finish(site.claim(), "{\"prediction\":0}\n");
  problem_detail(site.remove("/jobs/" + done), 409);
}

TEST_CASE("POST /jobs/{id}/retry queues a failed or cancelled job again", "[server]") {
  server::RouteOptions options;
  options.queue.max_queued = 1;
  JobSite site(options);
  const std::string id = site.submit();
  problem_detail(site.post("/jobs/" + id + "/retry", ""), 409);
  const store::Job job = site.claim();
  REQUIRE(site.jobs().fail({id, job.token}, "no", 1, kHour));
  const std::string other = site.submit();
  problem_detail(site.post("/jobs/" + id + "/retry", ""), 429);
  site.remove("/jobs/" + other);
  const Response again = site.post("/jobs/" + id + "/retry", "");
  CHECK(again.status == 202);
  CHECK(Json::parse(again.body).at("status") == "queued");
  CHECK(Json::parse(again.body).at("attempts") == 0);
}

TEST_CASE("GET /jobs lists jobs, latest first, by status and page by page", "[server]") {
  JobSite site;
  std::vector<std::string> ids;
  for (int i = 0; i < 5; ++i) ids.insert(ids.begin(), site.submit());
  CHECK(listed(site) == ids);
  site.remove("/jobs/" + ids[1]);
  CHECK(listed(site, {{"status", "cancelled"}}) == std::vector<std::string>{ids[1]});
  CHECK(listed(site, {{"status", "queued"}}).size() == 4);

  std::vector<std::string> paged;
  Query query = {{"limit", "2"}};
  for (int pages = 1;; ++pages) {
    const Json page = Json::parse(site.get("/jobs", query).body);
    for (const Json& job : page.at("jobs")) paged.push_back(job.at("id"));
    if (page.at("next").is_null()) {
      CHECK(pages == 3);
      break;
    }
    query = {{"limit", "2"}, {"cursor", page.at("next")}};
  }
  CHECK(paged == ids);
  for (const auto& [name, value] :
       Query{{"status", "done"}, {"limit", "0"}, {"limit", "1001"}, {"cursor", "x"}}) {
    CAPTURE(name, value);
    problem_detail(site.get("/jobs", {{name, value}}), 400);
  }
}

TEST_CASE("GET /jobs is for clients on the same machine", "[server]") {
  JobSite site;
  for (const char* address : {"127.0.0.1", "127.1.2.3", "::1", "::ffff:127.0.0.1"}) {
    CAPTURE(address);
    CHECK(site.call({"GET", "/jobs", {}, {}, {}, {}, address}).status == 200);
  }
  for (const char* address : {"10.0.0.1", "::2", "192.168.127.1", "::ffff:10.0.0.1"}) {
    CAPTURE(address);
    problem_detail(site.call({"GET", "/jobs", {}, {}, {}, {}, address}), 403);
  }
}

TEST_CASE("GET /jobs is not for proxies, nor for names that lead to this machine", "[server]") {
  JobSite site;
  for (const char* host :
       {"localhost", "LocalHost:8080", "127.0.0.1:12345", "127.9.9.9", "[::1]", "[::1]:80"}) {
    CAPTURE(host);
    CHECK(site.get("/jobs", {}, {{"host", host}}).status == 200);
  }
  for (const auto& [name, value] : Headers{{"Host", "jobs.example"},
                                           {"Host", "127.example.org:80"},
                                           {"Host", "localhost.evil"},
                                           {"Host", "[::2]:80"},
                                           {"Host", "10.0.0.1"},
                                           {"x-forwarded-for", "127.0.0.1"},
                                           {"Forwarded", "for=127.0.0.1"},
                                           {"Via", "1.1 proxy"}}) {
    CAPTURE(name, value);
    problem_detail(site.get("/jobs", {}, {{name, value}}), 403);
  }
}

TEST_CASE("GET /jobs answers 304 while the client has the list", "[server]") {
  JobSite site;
  const std::string empty = header(site.get("/jobs"), "ETag");
  CHECK(site.get("/jobs", {}, {{"If-None-Match", empty}}).status == 304);
  const std::string id = site.submit();
  const Response one = site.get("/jobs", {}, {{"If-None-Match", empty}});
  CHECK(one.status == 200);
  const Headers known = {{"If-None-Match", header(one, "ETag")}};
  const Response same = site.get("/jobs", {}, known);
  CHECK(same.status == 304);
  CHECK(same.body.empty());
  CHECK(header(same, "ETag") == header(one, "ETag"));
  CHECK(site.get("/jobs", {{"wait", "1"}}, known).status == 304);

  // What has happened between two requests is told at once, what comes later when it comes.
  site.claim();
  const Response running = site.get("/jobs", {{"wait", "60"}}, known);
  CHECK(Json::parse(running.body).at("jobs").at(0).at("status") == "running");
  Waiting waiting =
      site.wait("/jobs", {{"wait", "60"}}, {{"If-None-Match", header(running, "ETag")}});
  site.remove("/jobs/" + id);
  REQUIRE(waiting.woken());
  CHECK(Json::parse(waiting.answer().body).at("jobs").at(0).at("status") == "cancelled");
}

TEST_CASE("GET /jobs?wait answers when anything has changed or the time is over", "[server]") {
  JobSite site;
  const std::string id = site.submit();
  CHECK(listed(site, {{"wait", "1"}}) == std::vector<std::string>{id});
  Waiting waiting = site.wait("/jobs", {{"wait", "60"}});
  site.claim();
  REQUIRE(waiting.woken());
  CHECK(Json::parse(waiting.answer().body).at("jobs").size() == 1);
}
