#include "server/open_inference_repository.hpp"

#include <string>
#include <utility>
#include <variant>

#include "support/catch_shim.hpp"
#include <nlohmann/json.hpp>

#include "core/atomic_file.hpp"
#include "model/model_file.hpp"
#include "server/collected_body.hpp"
#include "server/open_inference_route.hpp"
#include "server/router.hpp"
#include "server/service.hpp"
#include "support/made_models.hpp"
#include "support/temporary_folder.hpp"

namespace {

using namespace mlserve;
using Json = nlohmann::json;

/// A server whose model `m` comes from a file.
class Site {
 public:
  Site() {
    model::save(testing::small_model(), path());
    service.models.add_file(path(), "m");
  }

  std::string path() const { return folder_.file("m.json"); }

  server::Response post(const std::string& path, const std::string& body = "") {
    server::Request request{"POST", path, {}, {}, {}, {}, {}};
    const server::RouteMatch match = find(request);
    CHECK(match.route->scope == server::Scope::admin);
    if (match.route->handler) {
      request.body = body;
      return std::get<server::Response>(match.route->handler(std::move(request)));
    }
    server::CollectedBody reader(body);
    return match.route->stream_handler(request, reader);
  }

  /// What the index says, `what` of each.
  Json index(const std::string& what, const std::string& body = "") {
    Json found = Json::array();
    const Json all = Json::parse(post("/v2/repository/index", body).body);
    for (const Json& model : all) found.push_back(model.at(what));
    return found;
  }

  int model_status(const std::string& suffix = "") {
    server::Request request{"GET", "/v2/models/m" + suffix, {}, {}, {}, {}, {}};
    return std::get<server::Response>(find(request).route->handler(request)).status;
  }

  server::Service service;

 private:
  server::RouteMatch find(server::Request& request) const {
    server::RouteMatch match = router_.match(request.method, request.path);
    REQUIRE(match.route != nullptr);
    request.path_parameters = match.path_parameters;
    return match;
  }

  std::vector<server::Route> routes() {
    std::vector<server::Route> routes = server::open_inference_repository_routes(service.models);
    for (server::Route& route : server::open_inference_routes(service, {}, [] { return ""; }))
      routes.push_back(std::move(route));
    return routes;
  }

  testing::TemporaryFolder folder_;
  server::Router router_{routes()};
};

std::string error_of(const server::Response& response) {
  CHECK(response.status == 400);
  return Json::parse(response.body).at("error");
}

constexpr const char* kLoad = "/v2/repository/models/m/load";
constexpr const char* kUnload = "/v2/repository/models/m/unload";

}  // namespace

TEST_CASE("The index lists versions, states and reasons", "[server]") {
  Site site;
  CHECK(site.index("name") == Json::array({"m"}));
  CHECK(site.index("version") == Json::array({"1"}));
  CHECK(site.index("state", "{}") == Json::array({"READY"}));
  CHECK(site.index("reason", R"({"ready":false})") == Json::array({""}));
  CHECK(site.index("state", R"({"ready":true})") == Json::array({"READY"}));
  CHECK(site.index("state", R"({"ready":null})") == Json::array({"READY"}));
}

TEST_CASE("What is unloaded is not served until it is loaded again", "[server]") {
  Site site;
  const server::Response unloaded =
      site.post(kUnload, R"({"parameters":{"unload_dependents":false}})");
  CHECK(unloaded.status == 200);
  CHECK(unloaded.body.empty());
  CHECK(site.model_status() == 404);
  CHECK(site.model_status("/ready") == 503);
  CHECK(site.index("state") == Json::array({"UNAVAILABLE"}));
  CHECK(site.index("name", R"({"ready":true})").empty());

  CHECK(site.post(kLoad).status == 200);
  CHECK(site.model_status() == 200);
  CHECK(site.model_status("/ready") == 200);
  CHECK(site.index("state") == Json::array({"READY"}));
}

TEST_CASE("A model that cannot be loaded again goes on as it was", "[server]") {
  Site site;
  const auto before = site.service.models.find("m");
  write_file(site.path(), "{\"format\": \"of another\"}");
  CHECK(error_of(site.post(kLoad)).find("m.json") != std::string::npos);
  CHECK(site.service.models.find("m") == before);
  CHECK(site.model_status("/ready") == 200);
  const std::string reason = site.index("reason")[0];
  CHECK(reason.find("m.json") != std::string::npos);

  model::Model other = testing::small_model();
  other.intercepts[0] = 1;
  testing::add_golden_row(other);
  model::save(other, site.path());
  CHECK(site.post(kLoad, "{}").status == 200);
  CHECK(site.service.models.find("m") != before);
  CHECK(site.index("reason")[0] == "");
}

TEST_CASE("Models that are not here, and bodies that are no good, are 400", "[server]") {
  Site site;
  CHECK(!error_of(site.post("/v2/repository/models/other/load")).empty());
  CHECK(!error_of(site.post("/v2/repository/models/other/unload")).empty());
  CHECK(error_of(site.post(kLoad, "[]")) == "the body is a list, not an object");
  CHECK(error_of(site.post(kLoad, R"({"parameters":{"config":"{}"}})")) ==
        "the parameter 'config' is not taken here: a model is loaded as its source has it");
  CHECK(site.post(kLoad, R"({"parameters":{}})").status == 200);
  CHECK(error_of(site.post("/v2/repository/index", R"({"ready":1})")) ==
        "'ready' is a number, not a boolean");
  CHECK(!error_of(site.post("/v2/repository/index", "{")).empty());
}
