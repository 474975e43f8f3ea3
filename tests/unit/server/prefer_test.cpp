#include "server/prefer.hpp"

#include <string>
#include <vector>

#include "support/catch_shim.hpp"

using namespace mlserve::server;
using std::chrono::seconds;

namespace {

Preferences preferences(const std::vector<std::string>& headers,
                        const std::string& name = "Prefer") {
  Request request;
  request.headers.emplace_back("Accept", "wait=9");
  for (const std::string& header : headers) request.headers.emplace_back(name, header);
  return preferences_of(request);
}

}  // namespace

TEST_CASE("Without a Prefer header nothing is preferred", "[server]") {
  CHECK_FALSE(preferences({}).respond_async);
  CHECK_FALSE(preferences({}).wait);
}

TEST_CASE("respond-async and wait are found in any spelling RFC 7240 allows", "[server]") {
  for (const char* header :
       {"respond-async", "Respond-Async", " respond-async ", "respond-async;foo=\"a,b\"",
        "respond-async=\"\"", "handling=lenient, respond-async", "return=minimal;x ,respond-async",
        ",, respond-async", "foo=\"\\\"respond-x,\", respond-async",
        "respond-async, respond-async"}) {
    CAPTURE(header);
    CHECK(preferences({header}).respond_async);
    CHECK_FALSE(preferences({header}).wait);
  }
  for (const char* header : {"wait=10", "WAIT = 10", "wait=\"10\"", "wait=10, wait=20",
                             "foo; wait=3, wait=10", "respond-async, wait=10"}) {
    CAPTURE(header);
    CHECK(preferences({header}).wait == seconds(10));
  }
  CHECK(preferences({"wait=0"}).wait == seconds(0));
  CHECK(preferences({"wait=99999999999999999999999"}).wait >= seconds(86'400));
}

TEST_CASE("Several Prefer headers are one, whatever the case of their name", "[server]") {
  const Preferences found = preferences({"respond-async", "wait=5", "wait=7"}, "prefer");
  CHECK(found.respond_async);
  CHECK(found.wait == seconds(5));
}

TEST_CASE("What is no such preference is passed over", "[server]") {
  for (const char* header :
       {"", ",", ";", "=", "\"", "respond-asynch", "respond-async=no", "foo=respond-async",
        "foo; respond-async", "\"respond-async", "foo=\"x, respond-async", "foo=\"\\"}) {
    CAPTURE(header);
    CHECK_FALSE(preferences({header}).respond_async);
  }
  for (const char* header :
       {"wait", "wait=", "wait=-1", "wait=1.5", "wait=x", "wait=\"1 0\"", "wait=x, wait=5"}) {
    CAPTURE(header);
    CHECK_FALSE(preferences({header}).wait);
  }
}
