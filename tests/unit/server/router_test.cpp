#include "server/router.hpp"

#include "support/catch_shim.hpp"

#include "core/error.hpp"

using namespace mlserve::server;

namespace {

Route route(const std::string& method, const std::string& pattern) {
  const Handler handler = [](const Request&) { return Response{}; };
  return {method, pattern, handler, {}, 0};
}

const Router& router() {
  static const Router table({route("GET", "/models/{name}"), route("GET", "/models/all"),
                             route("POST", "/predict"), route("DELETE", "/models/{name}"),
                             route("POST", "/models/{name}/versions/{version}")});
  return table;
}

std::string pattern_of(std::string_view method, std::string_view path) {
  const RouteMatch match = router().match(method, path);
  return match.route ? match.route->pattern : "";
}

}  // namespace

TEST_CASE("Router prefers a whole path to a pattern", "[server]") {
  CHECK(pattern_of("GET", "/models/all") == "/models/all");
  CHECK(pattern_of("GET", "/models/other") == "/models/{name}");
}

TEST_CASE("Router goes on to the patterns when a whole path has other methods", "[server]") {
  CHECK(pattern_of("DELETE", "/models/all") == "/models/{name}");
}

TEST_CASE("Router names the parameters of a path", "[server]") {
  const RouteMatch match = router().match("POST", "/models/titanic/versions/3");
  REQUIRE(match.route);
  REQUIRE(match.path_parameters.size() == 2);
  CHECK(match.path_parameters[0] == std::pair<std::string, std::string>("name", "titanic"));
  CHECK(match.path_parameters[1] == std::pair<std::string, std::string>("version", "3"));
}

TEST_CASE("A parameter is one segment that is not empty", "[server]") {
  CHECK(pattern_of("GET", "/models/").empty());
  CHECK(pattern_of("GET", "/models/a/b").empty());
  CHECK(pattern_of("GET", "/models").empty());
}

TEST_CASE("Router answers HEAD by the route of GET", "[server]") {
  CHECK(pattern_of("HEAD", "/models/all") == "/models/all");
  CHECK(pattern_of("HEAD", "/predict").empty());
}

TEST_CASE("Router lists the methods of a path that lacks the one asked for", "[server]") {
  CHECK(router().match("GET", "/predict").allow == "POST");
  CHECK(router().match("POST", "/models/all").allow == "GET, HEAD, DELETE");
  CHECK(router().match("POST", "/models/x").allow == "GET, HEAD, DELETE");
  CHECK(router().match("GET", "/nowhere").allow.empty());
}

TEST_CASE("Router takes a route with both handlers, and none without any", "[server]") {
  Route both = route("POST", "/");
  both.stream_handler = [](const Request&, BodyReader&) { return Response{}; };
  CHECK(Router({both}).match("POST", "/").route);
  CHECK_THROWS_AS(Router({Route{"GET", "/", {}, {}, 0}}), mlserve::Error);
}

TEST_CASE("A parameter may end before a text in its segment", "[server]") {
  const Router table({route("GET", "/v1/{name}"), route("POST", "/v1/{name}:predict"),
                      route("POST", "/v1/{name}/versions/{version}:predict")});
  const RouteMatch match = table.match("POST", "/v1/a:b/versions/3:predict");
  REQUIRE(match.route);
  REQUIRE(match.path_parameters.size() == 2);
  CHECK(match.path_parameters[0].second == "a:b");
  CHECK(match.path_parameters[1].second == "3");
  CHECK(table.match("POST", "/v1/a:predict:predict").path_parameters[0].second == "a:predict");
  CHECK(table.match("POST", "/v1/:predict").route == nullptr);
  CHECK(table.match("POST", "/v1/predict").route == nullptr);
  CHECK(table.match("POST", "/v1/a:predictor").route == nullptr);
  CHECK(table.match("GET", "/v1/a").route->pattern == "/v1/{name}");
}
