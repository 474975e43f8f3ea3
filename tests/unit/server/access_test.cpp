#include "server/access.hpp"

#include <fstream>

#include "support/catch_shim.hpp"

#include "server/error_shape.hpp"
#include "server/refusal.hpp"
#include "support/temporary_folder.hpp"

using namespace mlserve;
using namespace mlserve::server;

namespace {

Route route(Scope scope) {
  return {"POST", "/x", [](const Request&) { return Response(); }, {}, 0, scope};
}

Request request(std::vector<std::pair<std::string, std::string>> headers = {},
                const std::string& method = "POST") {
  Request made;
  made.method = method;
  made.remote_address = "127.0.0.1";
  made.headers = std::move(headers);
  made.headers.emplace_back("Host", "localhost:12345");
  return made;
}

/// The status that `access` refuses with; 0 when it lets the request through.
int refused(const Access& access, Request asked, Scope scope) {
  try {
    access.check(asked, route(scope));
  } catch (const Refusal& refusal) {
    return refusal.status();
  }
  return 0;
}

/// Keys "shop", which may predict, and "ops", which may all.
class TwoKeys {
 public:
  TwoKeys() {
    std::ofstream(folder_.file("keys"))
        << key_line("shop", parse_scopes("predict"), "shop-key") << "\n"
        << key_line("ops", parse_scopes("admin"), "ops-key") << "\n";
    keys_ = std::make_unique<KeyRing>(folder_.file("keys"));
  }
  const KeyRing* get() const { return keys_.get(); }

 private:
  testing::TemporaryFolder folder_;
  std::unique_ptr<KeyRing> keys_;
};

}  // namespace

TEST_CASE("A key opens the routes of its scopes", "[server]") {
  const TwoKeys keys;
  const Access access({keys.get(), true, {}});
  const auto with = [](const char* key) {
    return request({{"Authorization", std::string("bearer ") + key}});
  };
  CHECK(refused(access, with("shop-key"), Scope::predict) == 0);
  CHECK(refused(access, with("shop-key"), Scope::any) == 0);
  CHECK(refused(access, with("shop-key"), Scope::jobs) == 403);
  CHECK(refused(access, with("shop-key"), Scope::admin) == 403);
  CHECK(refused(access, with("ops-key"), Scope::admin) == 0);
  CHECK(refused(access, with("ops-key"), Scope::predict) == 0);
  CHECK(refused(access, request({{"X-API-Key", "shop-key"}}), Scope::predict) == 0);
  CHECK(refused(access, with("other"), Scope::predict) == 401);
  CHECK(refused(access, request(), Scope::any) == 401);
  CHECK(refused(access, request({{"Authorization", "Basic shop-key"}}), Scope::any) == 401);
  CHECK(refused(access, request(), Scope::none) == 0);

  Request asked = with("shop-key");
  access.check(asked, route(Scope::predict));
  CHECK(asked.client == "shop");
}

TEST_CASE("A probe needs no key, and tells more to one that shows a good one", "[server]") {
  const TwoKeys keys;
  const Access access({keys.get(), false, {}});
  Request known = request({{"X-API-Key", "shop-key"}});
  access.check(known, route(Scope::none));
  CHECK(known.client == "shop");
  Request unknown = request({{"X-API-Key", "other"}});
  access.check(unknown, route(Scope::none));
  CHECK(unknown.client.empty());
}

TEST_CASE("Admin routes are off, or for local clients, or for keys that may", "[server]") {
  const TwoKeys keys;
  CHECK(refused(Access({nullptr, false, {}}), request(), Scope::admin) == 403);
  CHECK(refused(Access({keys.get(), false, {}}), request({{"X-API-Key", "ops-key"}}),
                Scope::admin) == 403);
  const Access local({nullptr, true, {}});
  CHECK(refused(local, request(), Scope::admin) == 0);
  Request remote = request();
  remote.remote_address = "192.0.2.7";
  CHECK(refused(local, remote, Scope::admin) == 403);
  CHECK(refused(local, remote, Scope::predict) == 0);
}

TEST_CASE("A page of another site changes nothing and reads nothing", "[server]") {
  const Access closed({nullptr, false, {}});
  const Access open({nullptr, false, {"https://app.example"}});
  const auto from = [](const char* origin) { return request({{"Origin", origin}}); };
  CHECK(refused(closed, from("https://app.example"), Scope::predict) == 403);
  CHECK(refused(closed, from("null"), Scope::predict) == 403);
  CHECK(refused(closed, from("http://localhost:12345"), Scope::predict) == 0);
  CHECK(refused(open, from("https://app.example"), Scope::predict) == 0);
  CHECK(refused(open, from("https://other.example"), Scope::predict) == 403);
  CHECK(refused(closed, request({{"Origin", "https://app.example"}}, "GET"), Scope::any) == 0);

  const auto allowed = [](const Access& access, const std::string& origin) {
    RequestSummary summary;
    summary.origin = origin;
    Response response;
    access.decorate(summary, response);
    for (const auto& [name, value] : response.headers) {
      if (name == "Access-Control-Allow-Origin") return value;
    }
    return std::string();
  };
  CHECK(allowed(closed, "https://app.example").empty());
  CHECK(allowed(open, "https://app.example") == "https://app.example");
  CHECK(allowed(open, "https://other.example").empty());
}

TEST_CASE("Browsers are told the methods of each path, if their pages may ask at all", "[server]") {
  const std::vector<Route> routes = {{"GET", "/a", {}, {}, 0}, {"POST", "/a", {}, {}, 0}};
  CHECK(Access({nullptr, false, {}}).preflight_routes(routes).empty());
  const auto preflights = Access({nullptr, false, {"*"}}).preflight_routes(routes);
  REQUIRE(preflights.size() == 1);
  CHECK(preflights[0].method == "OPTIONS");
  CHECK(preflights[0].scope == Scope::none);
  const auto response = std::get<Response>(preflights[0].handler(Request()));
  CHECK(response.status == 204);
  CHECK(response.headers.at(0).second == "GET, POST");
}

TEST_CASE("A redacted error keeps its status, its shape and what it asks for", "[server]") {
  RequestSummary summary;
  summary.path = "/v2/models/titanic/infer";
  Response response = error_for_path(summary.path, 400, "no column 'Age'");
  response.headers.emplace_back("Retry-After", "1");
  redact(summary, response);
  CHECK(response.status == 400);
  CHECK(response.body == "{\"error\":\"details are not shown here\"}\n");
  CHECK(response.headers.size() == 1);
  Response busy = error_for_path("/predict", 503, "too many");
  const std::string before = busy.body;
  redact(summary, busy);
  CHECK(busy.body == before);
}
