#include <memory>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "support/catch_shim.hpp"
#include <nlohmann/json.hpp>

#include "core/log.hpp"
#include "server/executor.hpp"
#include "server/job_service.hpp"
#include "server/router.hpp"
#include "server/routes.hpp"
#include "server/store_models.hpp"
#include "support/made_source.hpp"
#include "support/stored_versions.hpp"
#include "support/test_stores.hpp"

namespace {

using namespace mlserve;
using namespace mlserve::testing;
using server::Request;
using server::Response;
using Json = nlohmann::json;

/// Nothing is sent along.
class NoBody final : public server::BodyReader {
 public:
  std::size_t read(std::span<char>) override { return 0; }
};

/// The routes over a folder's models and a store's, without a socket below them.
class Site {
 public:
  Site() {
    service.jobs = &jobs_;
    service.models.add(source);
    service.models.add(stored);
    router_.emplace(server::make_routes(service, {}));
  }
  ~Site() { executor_.stop(); }

  Response call(const std::string& method, const std::string& target,
                const std::string& client = "", const std::string& body = "") {
    const std::size_t mark = target.find('?');
    Request request{method, target.substr(0, mark), {}, {}, {}, body, "192.0.2.1"};
    request.client = client;
    if (mark != std::string::npos) {
      const std::size_t equals = std::min(target.find('='), target.size());
      request.query.emplace_back(target.substr(mark + 1, equals - mark - 1),
                                 equals < target.size() ? target.substr(equals + 1) : "");
    }
    const server::RouteMatch match = router_->match(request.method, request.path);
    REQUIRE(match.route != nullptr);
    request.path_parameters = match.path_parameters;
    scope = match.route->scope;
    NoBody nothing;
    if (!match.route->handler) return match.route->stream_handler(request, nothing);
    return std::get<Response>(match.route->handler(std::move(request)));
  }
  Json get(const std::string& target, const std::string& client = "") {
    const Response response = call("GET", target, client);
    CAPTURE(response.body);
    REQUIRE(response.status == 200);
    return Json::parse(response.body);
  }
  int status(const std::string& method, const std::string& path) {
    return call(method, path).status;
  }
  std::string detail(const std::string& method, const std::string& path, int status) {
    const Response response = call(method, path);
    CAPTURE(response.body);
    CHECK(response.status == status);
    return Json::parse(response.body).at("detail");
  }
  void sync() {
    service.models.sync(*source, server::Look::settled);
    service.models.sync(*stored, server::Look::settled);
  }
  store::Store& store() { return *store_; }

 private:
  SqliteTestDatabase database_;
  std::unique_ptr<store::Store> store_ = database_.open();
  Log log_{stderr, LogLevel::off, LogFormat::text};
  server::Executor executor_{1, 10};
  server::JobService jobs_{*store_, executor_, log_};
  std::optional<server::Router> router_;

 public:
  std::shared_ptr<MadeSource> source = std::make_shared<MadeSource>();
  std::shared_ptr<server::StoreModels> stored = std::make_shared<server::StoreModels>(*store_);
  server::Service service;
  server::Scope scope = server::Scope::none;  ///< of the route that was called last
};

std::string text_like(double intercept) { return model::to_text(model_like(intercept)); }

/// "3 ready, 2 unavailable".
std::string states(const Json& versions) {
  std::string text;
  for (const Json& version : versions.at("versions")) {
    if (!text.empty()) text += ", ";
    text += version.at("version").get<std::string>() + " " + version.at("state").get<std::string>();
  }
  return text;
}

std::string header(const Response& response, const std::string& name) {
  for (const auto& [key, value] : response.headers) {
    if (key == name) return value;
  }
  return "";
}

}  // namespace

TEST_CASE("GET /models lists the models with their versions, and the aliases", "[server]") {
  Site site;
  site.source->offer("m", "1", 1);
  site.source->offer("m", "2", 2);
  site.source->aliases = {{"champion", "m", "1"}, {"lost", "none", ""}};
  site.sync();
  const Json listed = site.get("/models");
  REQUIRE(listed.at("models").size() == 1);
  CHECK(listed.at("models")[0].at("version") == "2");
  CHECK(listed.at("models")[0].at("versions") == Json::array({"2", "1"}));
  CHECK(listed.at("aliases") == Json::parse(R"([{"name":"champion","model":"m","version":"1"}])"));
}

TEST_CASE("GET /models/{name} describes the version that serves, or the one asked for",
          "[server]") {
  Site site;
  site.source->offer("m", "1", 1);
  site.source->offer("m", "2", 2);
  site.source->aliases = {{"champion", "m", "1"}};
  site.sync();
  CHECK(site.get("/models/m").at("version") == "2");
  CHECK(site.get("/models/m").at("versions") == Json::array({"2", "1"}));
  CHECK(site.get("/models/m").at("aliases").at(0).at("name") == "champion");
  CHECK(site.get("/models/m?version=1").at("version") == "1");
  CHECK(site.get("/models/champion").at("name") == "m");
  CHECK(site.get("/models/champion").at("version") == "1");
  CHECK(site.detail("GET", "/models/m?version=3", 404).find("version '3' of model 'm'") !=
        std::string::npos);

  const Response version = site.call("GET", "/models/m/versions/1");
  const Json described = Json::parse(version.body);
  CHECK(described.at("version") == "1");
  CHECK_FALSE(described.contains("versions"));
  CHECK(header(version, "ETag") ==
        "\"" + described.at("checksum").get<std::string>().substr(7) + "\"");
  CHECK(site.status("GET", "/models/m/versions/3") == 404);
  CHECK(site.status("GET", "/models/none/versions/1") == 404);

  const std::string before = header(site.call("GET", "/models/m"), "ETag");
  site.source->offer("m", "0", 3);
  site.sync();
  CHECK(header(site.call("GET", "/models/m"), "ETag") != before);  // there is a version more
}

TEST_CASE("POST …/versions/{version}/predict asks that version", "[server]") {
  Site site;
  site.source->offer("m", "1", -100);
  site.source->offer("m", "2", 100);
  site.sync();
  const auto predict = [&](const std::string& path) {
    return site.call("POST", path, "", R"({"age":3})").body;
  };
  CHECK(predict("/models/m/predict") == "{\"prediction\":[1]}\n");
  CHECK(predict("/models/m/versions/1/predict") == "{\"prediction\":[0]}\n");
  CHECK(site.status("POST", "/models/m/versions/3/predict") == 404);
}

TEST_CASE("GET …/versions tells of every version, why only to those who may know", "[server]") {
  Site site;
  site.source->offer("m", "1", 1);
  site.source->offer("m", "2", Error(ErrorKind::corrupt, "/secret/path: it is bad"));
  site.sync();
  const Json seen = site.get("/models/m/versions");
  CHECK(site.scope == server::Scope::any);
  CHECK(seen.at("serving") == "1");
  CHECK(states(seen) == "2 unavailable, 1 ready");
  CHECK(seen.dump().find("secret") == std::string::npos);
  const Json known = site.get("/models/m/versions", "a client with a key");
  CHECK(known.at("versions")[0].at("reason") == "/secret/path: it is bad");
  CHECK(known.at("versions")[1].at("source") == "made");
  CHECK(site.status("GET", "/models/none/versions") == 404);
}

TEST_CASE("POST …/load and DELETE bring a model and take it away", "[server]") {
  Site site;
  site.source->offer("m", "1", 1);
  CHECK(site.status("POST", "/models/m/load") == 200);
  CHECK(site.scope == server::Scope::admin);
  CHECK(site.service.models.find("m"));
  CHECK(site.call("DELETE", "/models/m").status == 204);
  CHECK(site.scope == server::Scope::admin);
  CHECK_FALSE(site.service.models.find("m"));
  CHECK(site.status("DELETE", "/models/m") == 404);
  CHECK(states(site.get("/models/m/versions")) == "1 unavailable");
  CHECK(site.status("POST", "/models/m/load") == 200);
  CHECK(site.service.models.find("m"));
  site.source->offer("m", "1", Error(ErrorKind::corrupt, "it is bad"));
  CHECK(site.detail("POST", "/models/m/load", 409) == "it is bad");
  CHECK(site.service.models.find("m"));
  CHECK(site.status("POST", "/models/none/load") == 404);
  CHECK_FALSE(site.store().database().exists());
}

TEST_CASE("POST /-/reload reads all again", "[server]") {
  Site site;
  site.source->offer("m", "1", 1);
  CHECK(site.status("POST", "/-/reload") == 200);
  CHECK(site.scope == server::Scope::admin);
  CHECK(site.service.models.find("m"));
  site.source->offer("m", "1", Error(ErrorKind::corrupt, "it is bad"));
  site.source->trouble.reset();
  CHECK(site.detail("POST", "/-/reload", 409).find("it is bad") != std::string::npos);
  CHECK(site.service.models.find("m"));
}

TEST_CASE("A version of the store serves when it is promoted, an older one again", "[server]") {
  Site site;
  add_version(site.store(), "churn", text_like(1));
  add_version(site.store(), "churn", text_like(2));
  add_version(site.store(), "churn", text_like(3), false);
  site.sync();
  CHECK(site.service.models.find("churn")->version() == "2");
  CHECK(states(site.get("/models/churn/versions")) == "3 unavailable, 2 ready, 1 unavailable");

  CHECK(site.status("POST", "/models/churn/versions/3/promote") == 200);
  CHECK(site.scope == server::Scope::admin);
  CHECK(site.service.models.find("churn")->version() == "3");
  CHECK(site.status("POST", "/models/churn/versions/1/promote") == 200);
  CHECK(site.service.models.find("churn")->version() == "1");
  CHECK(site.store().models().promoted(9).size() == 1);
  CHECK(site.status("POST", "/models/churn/versions/4/promote") == 404);
  CHECK(site.status("POST", "/models/churn/versions/one/promote") == 404);
  CHECK(site.status("POST", "/models/none/versions/1/promote") == 404);

  add_version(site.store(), "churn", "{}", false);
  CHECK(site.detail("POST", "/models/churn/versions/4/promote", 409).starts_with("version 4: "));
  CHECK(site.service.models.find("churn")->version() == "1");
}

TEST_CASE("A version tells what has become of it from its training on", "[server]") {
  Site site;
  add_version(site.store(), "churn", text_like(1));
  add_version(site.store(), "churn", text_like(2));
  CHECK(states(site.get("/models/churn/versions")) == "2 loading, 1 unavailable");
  site.sync();
  add_version(site.store(), "churn", text_like(3));
  site.sync();
  const Json told = site.get("/models/churn/versions");
  CHECK(states(told) == "3 ready, 2 unavailable, 1 unavailable");
  for (int i = 0; i < 3; ++i) {
    CHECK(told.at("versions").at(i).at("checksum") == "sha256:" + sha256_hex(text_like(3 - i)));
  }
}

TEST_CASE("DELETE takes a model of the store from all servers, until there is a new one",
          "[server]") {
  Site site;
  add_version(site.store(), "churn", text_like(1));
  site.sync();
  CHECK(site.status("DELETE", "/models/churn") == 204);
  CHECK_FALSE(site.service.models.find("churn"));
  CHECK(site.store().models().promoted(9).empty());
  site.sync();
  add_version(site.store(), "churn", text_like(2));
  site.sync();
  CHECK(site.service.models.find("churn")->version() == "2");
}

TEST_CASE("/readyz?verbose lists checks for those who may know", "[server]") {
  Site site;
  CHECK(site.call("GET", "/readyz?verbose=true").body == "{\"status\":\"no model\"}\n");
  site.source->offer("m", "1", 1);
  site.sync();
  site.source->offer("m", "1", Error(ErrorKind::corrupt, "it is bad"));
  site.source->aliases = {{"champion", "m", "1"}, {"lost", "none", ""}};
  site.sync();
  site.source->trouble = Error(ErrorKind::unavailable, "it is away");
  CHECK_THROWS_AS(site.sync(), Error);
  CHECK(site.call("GET", "/readyz?verbose=true").body == "{\"status\":\"ready\"}\n");

  const Json verbose = site.get("/readyz?verbose", "a client with a key");
  CHECK(verbose.at("status") == "ready");
  std::string text;
  for (const Json& check : verbose.at("checks")) {
    text += check.at("name").get<std::string>() + (check.at("ok") ? " ok: " : " not ok: ") +
            check.value("detail", "") + "\n";
  }
  CHECK(text ==
        "serving ok: \n"
        "models ok: \n"
        "model 'm' version 1 not ok: ready: it is bad\n"
        "alias 'champion' (m@1) ok: stands for 'm' version 1\n"
        "alias 'lost' (none) not ok: what it stands for is not here\n"
        "source the store ok: the database tells of changes\n"
        "source made not ok: it is away\n");
  site.service.draining = true;
  const Response draining = site.call("GET", "/readyz?verbose", "a client with a key");
  CHECK(draining.status == 503);
  CHECK(Json::parse(draining.body).at("checks").at(0).at("ok") == false);
}
