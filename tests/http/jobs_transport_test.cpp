#include <memory>
#include <string>
#include <sys/resource.h>
#include <vector>

#include "server/problem.hpp"
#include "support/http_server.hpp"
#include "support/job_site.hpp"

using namespace mlserve;
using namespace mlserve::test;
using namespace mlserve::testing;
using Json = nlohmann::json;

namespace {

constexpr std::size_t kClients = 1'000;

std::string async_head(std::size_t bytes) {
  return post_head("/predict",
                   "Content-Type: text/csv\r\nPrefer: respond-async\r\nContent-Length: " +
                       std::to_string(bytes) + "\r\n");
}

/// Waits until the database answers `expected`; every wait for a change is bounded.
bool becomes(JobSite& site, const std::string& sql, std::int64_t expected) {
  const auto until = std::chrono::steady_clock::now() + std::chrono::seconds(10);
  while (site.number(sql) != expected) {
    if (std::chrono::steady_clock::now() > until) return false;
  }
  return true;
}

void allow_many_files() {
  rlimit limit{};
  REQUIRE(::getrlimit(RLIMIT_NOFILE, &limit) == 0);
  limit.rlim_cur = limit.rlim_max;
  REQUIRE(::setrlimit(RLIMIT_NOFILE, &limit) == 0);
}

}  // namespace

TEST_CASE("A thousand waiting clients keep no one from being answered", "[server]") {
  allow_many_files();
  JobSite site;
  const std::string id = site.submit();
  server::TransportOptions options;
  options.workers = 2;
  Server server(site.routes(), options);
  std::vector<std::unique_ptr<HttpClient>> waiting;
  for (std::size_t i = 0; i < kClients; ++i) {
    waiting.push_back(std::make_unique<HttpClient>(server.port()));
    REQUIRE(waiting.back()->send(get_request("/jobs/" + id + "?wait=60")));
  }
  HttpClient client(server.port());
  CHECK(client.exchange(post_request("/predict", kOneRow)).status == 200);
  // All have been understood when the last one is answered.
  CHECK(client.exchange(get_request("/jobs/" + id)).status == 200);
  CHECK(client.exchange(post_request("/predict", kOneRow)).status == 200);

  waiting.resize(kClients - 100);  // some go away
  site.finish(site.claim(), "{\"prediction\":0}\n");
  for (const auto& one : waiting) {
    const Answer answer = one->read();
    REQUIRE(answer.status == 200);
    REQUIRE(Json::parse(answer.body).at("status") == "succeeded");
  }
}

TEST_CASE("A large body goes through the transport into the store piece by piece", "[server]") {
  JobSite site;
  Server server(site.routes());
  constexpr std::size_t kPieces = 24;
  HttpClient client(server.port());
  REQUIRE(client.send(async_head(kPieces * kMegabyte)));
  const std::string piece(kMegabyte, 'x');
  for (std::size_t i = 0; i < kPieces; ++i) {
    // A piece is in the store before the one after the next is sent: the server keeps no more.
    if (i >= 3)
      REQUIRE(
          becomes(site, "SELECT COUNT(*) >= " + std::to_string(i - 2) + " FROM mlserve_pieces", 1));
    REQUIRE(client.send(piece));
  }
  const Answer answer = client.read();
  CHECK(answer.status == 202);
  CHECK(answer.has("Location: /jobs/"));
  const store::Job job = site.claim();
  CHECK(job.body_bytes == kPieces * kMegabyte);
  CHECK(site.number("SELECT COUNT(*) FROM mlserve_pieces WHERE LENGTH(bytes) = 1048576") ==
        static_cast<std::int64_t>(kPieces));
}

TEST_CASE("A client that hangs up in the middle of its body leaves no job", "[server]") {
  JobSite site;
  Server server(site.routes());
  {
    HttpClient client(server.port());
    REQUIRE(client.send(async_head(8 * kMegabyte) + std::string(4 * kMegabyte, 'x')));
    REQUIRE(becomes(site, "SELECT COUNT(*) > 0 FROM mlserve_pieces", 1));
  }
  REQUIRE(becomes(site, "SELECT COUNT(*) FROM mlserve_blobs WHERE state = 'dead'", 1));
  CHECK(site.number("SELECT COUNT(*) FROM mlserve_jobs") == 0);
}

TEST_CASE("A job is submitted, waited for and its result read over one connection", "[server]") {
  JobSite site;
  Server server(site.routes());
  HttpClient client(server.port());
  const std::string submit = post_head("/predict", "Prefer: respond-async\r\nContent-Length: " +
                                                       std::to_string(kOneRow.size()) + "\r\n") +
                             kOneRow;
  const Answer submitted = client.exchange(submit);
  CHECK(submitted.status == 202);
  const std::string path = Json::parse(submitted.body).at("links").at("self");
  client.send(get_request(path + "?wait=60"));
  site.finish(site.claim(), "{\"prediction\":0}\n");
  CHECK(Json::parse(client.read().body).at("status") == "succeeded");
  const Answer result = client.exchange(get_request(path + "/result"));
  CHECK(result.whole);
  CHECK(result.body == "{\"prediction\":[0]}\n");
}
