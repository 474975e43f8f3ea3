#include <string>
#include <vector>

#include "model/model_file.hpp"
#include "support/job_site.hpp"

using namespace mlserve;
using namespace mlserve::testing;
using Json = nlohmann::json;
using server::Response;

namespace {

constexpr std::size_t kMegabyte = std::size_t{1} << 20;

const Headers kWait = {{"Prefer", "wait=5"}};
const Headers kCsv = {{"Prefer", "respond-async"}, {"Content-Type", "text/csv"}};

server::RouteOptions with_limit(std::size_t rows) {
  server::RouteOptions options;
  options.sync_limit = rows;
  return options;
}

std::string rows_of(std::size_t count) {
  std::string list = "[";
  for (std::size_t i = 0; i < count; ++i) list += (i > 0 ? ",{\"age\":30}" : "{\"age\":30}");
  return list + "]";
}

/// A CSV of at least so many bytes.
std::string csv_of(std::size_t bytes) {
  std::string csv = "age,sex\n";
  while (csv.size() < bytes) csv += "30,female\n";
  return csv;
}

Headers keyed(const std::string& key, Headers headers = kAsync) {
  headers.emplace_back("Idempotency-Key", key);
  return headers;
}

std::string id_of(const Response& response) {
  CHECK(response.status == 202);
  return Json::parse(response.body).at("id");
}

bool has(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

std::string body_of(store::JobStore& jobs, const store::Job& job) {
  std::string body;
  for (std::int64_t i = 0; const auto piece = jobs.read_piece(job.body, i); ++i) body += *piece;
  return body;
}

}  // namespace

TEST_CASE("Prefer: respond-async makes a job of a predict request", "[server]") {
  JobSite site;
  const Response response = site.post("/predict", kOneRow, kAsync, {{"probabilities", "true"}});
  CHECK(response.status == 202);
  CHECK(response.content_type == "application/json");
  const Json job = Json::parse(response.body);
  const std::string id = job.at("id");
  CHECK(job == Json({{"id", id},
                     {"status", "queued"},
                     {"position", 1},
                     {"links", {{"self", "/jobs/" + id}, {"result", "/jobs/" + id + "/result"}}}}));
  CHECK(header(response, "Location") == "/jobs/" + id);
  CHECK(header(response, "Retry-After") == "1");
  CHECK(header(response, "Preference-Applied") == "respond-async");

  const std::string second = id_of(site.post("/models/m/predict", kOneRow));
  CHECK(site.job(second).at("position") == 2);
  const store::Job claimed = site.claim();
  CHECK(claimed.id == id);
  CHECK(claimed.kind == "predict");
  CHECK(claimed.model == "m");
  CHECK(Json::parse(claimed.parameters) ==
        Json({{"format", "json"}, {"probabilities", true}, {"explain", false}}));
  CHECK(body_of(site.jobs(), claimed) == kOneRow);
  CHECK(site.store().models().text(claimed.model_checksum) == model::to_text(small_model()));
}

TEST_CASE("Up to the limit of rows a client is answered at once, whatever it can wait",
          "[server]") {
  const JobSite site(with_limit(3));
  for (const Headers& headers : {Headers{}, kWait, Headers{{"Prefer", "respond-async, wait=5"}}}) {
    const Response response = site.post("/predict", rows_of(3), headers);
    CHECK(response.status == 200);
    CHECK(Json::parse(response.body).at("prediction").size() == 3);
  }
}

TEST_CASE("Above the limit of rows a client gets a job if it can wait, else 413 with that hint",
          "[server]") {
  const JobSite site(with_limit(3));
  const std::string line = "{\"age\":3}\n";
  const std::vector<std::pair<std::string, std::string>> bodies = {
      {"application/json", rows_of(4)},
      {"application/x-ndjson", line + line + line + line},
      {"text/csv", "age,sex\n1,male\n2,male\n3,male\n4,male\n"}};
  for (const auto& [type, body] : bodies) {
    CAPTURE(type);
    const std::string detail =
        problem_detail(site.post("/predict", body, {{"Content-Type", type}}), 413);
    CHECK(has(detail, "more than 3 rows"));
    CHECK(has(detail, "Prefer: respond-async"));
    for (const char* preference : {"wait=5", "respond-async, wait=5"}) {
      const Response response =
          site.post("/predict", body, {{"Content-Type", type}, {"Prefer", preference}});
      CHECK(site.job(id_of(response)).at("status") == "queued");
    }
  }
  CHECK(header(site.post("/predict", rows_of(4), kWait), "Preference-Applied").empty());
}

TEST_CASE("Of a server without jobs the preference is passed over and the hint not given",
          "[server]") {
  JobSite site(with_limit(3));
  site.service.jobs = nullptr;
  const server::Router router(server::make_routes(site.service, with_limit(3)));
  const auto call = [&](const std::string& body) {
    const server::RouteMatch match = router.match("POST", "/predict");
    return std::get<Response>(match.route->handler({"POST", "/predict", {}, kAsync, {}, body, {}}));
  };
  CHECK(call(kOneRow).status == 200);
  CHECK_FALSE(has(problem_detail(call(rows_of(4)), 413), "Prefer"));
  CHECK(router.match("GET", "/jobs").route == nullptr);
}

TEST_CASE("What can be known to fail does not become a job", "[server]") {
  JobSite site;
  problem_detail(site.post("/models/none/predict", kOneRow), 404);
  problem_detail(site.post("/predict", kOneRow, {kAsync[0], {"Content-Type", "text/plain"}}), 415);
  CHECK(has(problem_detail(site.post("/predict", kOneRow, kAsync, {{"explain", "maybe"}}), 400),
            "explain"));
  model::Model numbers =
      make_model({number("x", 0, 9)},
                 {"y", features::TargetType::real, {}, {}, features::Task::regression, 0, 9, 4});
  numbers.estimator = model::Estimator::linear;
  numbers.golden_rows.clear();
  site.service.models.put(std::make_shared<const server::ServedModel>("n", "1", numbers));
  CHECK(has(
      problem_detail(
          site.post("/models/n/predict", "[{\"x\":1}]", kAsync, {{"probabilities", "true"}}), 400),
      "no probabilities"));
  CHECK(site.post("/models/n/predict", "[{\"x\":1}]").status == 202);
  CHECK(site.number("SELECT COUNT(*) FROM mlserve_jobs") == 1);
}

TEST_CASE("One Idempotency-Key and one body make one job, another body is refused", "[server]") {
  JobSite site;
  const std::string id = id_of(site.post("/predict", kOneRow, keyed("key-1")));
  CHECK(id_of(site.post("/predict", kOneRow, keyed("key-1"))) == id);
  const store::Job claimed = site.claim();
  const Response running = site.post("/predict", kOneRow, keyed("key-1"));
  CHECK(id_of(running) == id);
  CHECK(Json::parse(running.body).at("status") == "running");
  CHECK_FALSE(Json::parse(running.body).contains("position"));
  site.finish(claimed, "{\"prediction\":0}\n");
  CHECK(id_of(site.post("/predict", kOneRow, keyed("key-1"))) == id);

  problem_detail(site.post("/predict", "[]", keyed("key-1")), 422);
  problem_detail(site.post("/models/m/predict", kOneRow, keyed("key-1")), 422);
  problem_detail(site.post("/predict", kOneRow, keyed("key-1"), {{"explain", "true"}}), 422);
  CHECK(id_of(site.post("/predict", "[]", keyed("key-2"))) != id);
}

TEST_CASE("An Idempotency-Key is 1 to 255 visible characters", "[server]") {
  JobSite site;
  CHECK(site.post("/predict", kOneRow, keyed(std::string(255, 'k'))).status == 202);
  for (const std::string& key : {std::string(256, 'k'), std::string("a b"), std::string("\xC3\xA9"),
                                 std::string("a\x7F"), std::string("")}) {
    CAPTURE(key);
    problem_detail(site.post("/predict", kOneRow, keyed(key)), 400);
  }
}

TEST_CASE("A full queue gets 429 with Retry-After, the server stays ready", "[server]") {
  server::RouteOptions options;
  options.queue.max_queued = 1;
  JobSite site(options);
  id_of(site.post("/predict", kOneRow));
  const Response full = site.post("/predict", kOneRow);
  CHECK(has(problem_detail(full, 429), "full"));
  CHECK_FALSE(header(full, "Retry-After").empty());
  CHECK(site.get("/readyz").status == 200);

  PiecewiseBody body(csv_of(2 * kMegabyte));
  problem_detail(site.stream("/predict", body, kCsv), 429);
  CHECK(site.number("SELECT COUNT(*) FROM mlserve_blobs WHERE state = 'loose'") == 0);
}

TEST_CASE("Without its store a server still predicts; jobs get 503 with Retry-After", "[server]") {
  const TemporaryFolder folder;  // a folder is no database
  JobSite site({}, "sqlite:" + folder.path().string());
  const Response lost = site.post("/predict", kOneRow);
  CHECK_FALSE(has(problem_detail(lost, 503), folder.path().string()));
  CHECK_FALSE(header(lost, "Retry-After").empty());
  CHECK(site.post("/predict", kOneRow, {}).status == 200);
  CHECK(site.get("/readyz").status == 200);
  const std::string job = "/jobs/" + make_uuid();
  for (const Response& response :
       {site.get(job), site.get(job, {{"wait", "30"}}), site.get(job + "/result"), site.remove(job),
        site.post(job + "/retry", ""), site.get("/jobs"), site.get("/jobs", {{"wait", "30"}})}) {
    problem_detail(response, 503);
    CHECK_FALSE(header(response, "Retry-After").empty());
  }
  PiecewiseBody body(csv_of(2 * kMegabyte));
  problem_detail(site.stream("/predict", body, kCsv), 503);
}

TEST_CASE("A model that was swept away in between is published again", "[server]") {
  JobSite site;
  id_of(site.post("/predict", kOneRow));
  site.store().database().write(
      [](store::Connection& connection) { connection.run("DELETE FROM mlserve_models"); });
  id_of(site.post("/predict", kOneRow));
  const store::Job job = site.claim();
  CHECK(site.store().models().text(job.model_checksum) == model::to_text(small_model()));
}

TEST_CASE("A large body goes to the store in pieces and becomes a job", "[server]") {
  JobSite site;
  const std::string csv = csv_of(5 * kMegabyte / 2);
  PiecewiseBody body(csv);
  const std::string id = id_of(site.stream("/predict", body, kCsv));
  const store::Job job = site.claim();
  CHECK(job.id == id);
  CHECK(Json::parse(job.parameters).at("format") == "csv");
  CHECK(job.body_bytes == csv.size());
  CHECK(body_of(site.jobs(), job) == csv);
  CHECK(site.number("SELECT COUNT(*) FROM mlserve_pieces WHERE LENGTH(bytes) = 1048576") == 2);
  CHECK(site.number("SELECT COUNT(*) FROM mlserve_blobs WHERE state = 'loose'") == 0);

  for (const std::size_t bytes : {std::size_t{0}, kMegabyte - 1, kMegabyte, kMegabyte + 1}) {
    CAPTURE(bytes);
    const std::string exact(bytes, 'x');
    PiecewiseBody next(exact);
    id_of(site.stream("/predict", next, kCsv));
    CHECK(body_of(site.jobs(), site.claim()) == exact);
  }
}

TEST_CASE("A large body has a digest, too", "[server]") {
  JobSite site;
  const std::string csv = csv_of(2 * kMegabyte);
  const auto post = [&](const std::string& text) {
    PiecewiseBody body(text);
    return site.stream("/predict", body, keyed("large", kCsv));
  };
  const std::string id = id_of(post(csv));
  CHECK(id_of(post(csv)) == id);
  problem_detail(post(csv + "1,male\n"), 422);
  CHECK(site.number("SELECT COUNT(*) FROM mlserve_jobs") == 1);
  CHECK(site.number("SELECT COUNT(*) FROM mlserve_blobs WHERE state = 'loose'") == 0);
}

TEST_CASE("A client that goes away in the middle of its body leaves nothing", "[server]") {
  JobSite site;
  PiecewiseBody body(csv_of(3 * kMegabyte));
  body.error = Error(ErrorKind::invalid_data, "the client has ended in the middle of the body");
  site.stream("/predict", body, kCsv);
  CHECK(site.number("SELECT COUNT(*) FROM mlserve_jobs") == 0);
  CHECK(site.number("SELECT COUNT(*) FROM mlserve_blobs WHERE state = 'loose'") == 0);
  CHECK(site.number("SELECT COUNT(*) FROM mlserve_blobs WHERE state = 'dead'") == 1);
}

TEST_CASE("A large body is answered at once if nothing else is said", "[server]") {
  const JobSite site;
  const std::string list = "[" + std::string(2 * kMegabyte, ' ') + kOneRow.substr(1);
  for (const Headers& headers : {Headers{}, kWait}) {
    PiecewiseBody body(list);
    const Response response = site.stream("/predict", body, headers);
    CHECK(response.status == 200);
    CHECK(response.body == site.post("/predict", kOneRow, {}).body);
  }
  PiecewiseBody unknown(list);
  problem_detail(site.stream("/models/none/predict", unknown, {}), 404);
}

TEST_CASE("A large body of too many rows becomes a job if the client can wait", "[server]") {
  JobSite site(with_limit(1'000));
  const std::string csv = csv_of(2 * kMegabyte);
  PiecewiseBody refused(csv);
  CHECK(has(problem_detail(site.stream("/predict", refused, {{"Content-Type", "text/csv"}}), 413),
            "Prefer: respond-async"));
  PiecewiseBody taken(csv);
  id_of(site.stream("/predict", taken, {{"Content-Type", "text/csv"}, {"Prefer", "wait=5"}}));
  CHECK(body_of(site.jobs(), site.claim()) == csv);
}

TEST_CASE("A body above the limit of bytes becomes a job if the client can wait", "[server]") {
  server::RouteOptions options;
  options.max_body_bytes = 2 * kMegabyte;
  JobSite site(options);
  const std::string csv = csv_of(3 * kMegabyte);
  const std::string length = std::to_string(csv.size());
  for (const bool length_is_known : {false, true}) {
    CAPTURE(length_is_known);
    Headers headers = {{"Content-Type", "text/csv"}};
    if (length_is_known) headers.emplace_back("Content-Length", length);
    PiecewiseBody refused(csv);
    CHECK(has(problem_detail(site.stream("/predict", refused, headers), 413),
              "Prefer: respond-async"));
    CHECK((refused.read_bytes() == 0) == length_is_known);

    headers.emplace_back("Prefer", "wait=5");
    PiecewiseBody taken(csv);
    id_of(site.stream("/predict", taken, headers));
    CHECK(body_of(site.jobs(), site.claim()) == csv);
  }
}
