#include "server/response_writer.hpp"

#include "support/catch_shim.hpp"

using namespace mlserve::server;

namespace {

// The bytes without the line of the date.
std::string written(const Response& response, const ResponseFraming& framing = {}) {
  std::string out;
  append_response(out, response, framing);
  const std::size_t date = out.find("Date: ");
  REQUIRE(date != std::string::npos);
  return out.erase(date, out.find('\n', date) + 1 - date);
}

}  // namespace

TEST_CASE("A response has its length, its type and its headers", "[server]") {
  CHECK(written({200, "text/plain", "hello", {{"ETag", "\"1\""}}}) ==
        "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nETag: \"1\"\r\nContent-Length: 5\r\n\r\n"
        "hello");
}

TEST_CASE("The answer to HEAD has the length and no body", "[server]") {
  CHECK(written({200, "", "hello", {}}, {.head_only = true}) ==
        "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n");
}

TEST_CASE("204 and 304 have neither length nor body", "[server]") {
  CHECK(written({204, "", "", {}}) == "HTTP/1.1 204 No Content\r\n\r\n");
  CHECK(written({304, "", "x", {}}) == "HTTP/1.1 304 Not Modified\r\n\r\n");
}

TEST_CASE("A response says what becomes of the connection where it is not evident", "[server]") {
  CHECK(written({204, "", "", {}}, {.keep_alive = false}) ==
        "HTTP/1.1 204 No Content\r\nConnection: close\r\n\r\n");
  CHECK(written({204, "", "", {}}, {.minor_version = 0}) ==
        "HTTP/1.1 204 No Content\r\nConnection: keep-alive\r\n\r\n");
}

TEST_CASE("A header's value cannot begin another header", "[server]") {
  CHECK(written({204, "", "", {{"X-Id", "a\r\nSet-Cookie: b"}}}) ==
        "HTTP/1.1 204 No Content\r\nX-Id: aSet-Cookie: b\r\n\r\n");
}

TEST_CASE("http_date writes the form of RFC 9110", "[server]") {
  CHECK(http_date(784111777) == "Sun, 06 Nov 1994 08:49:37 GMT");
}

TEST_CASE("A status we do not know has no phrase", "[server]") {
  CHECK(reason_phrase(404) == "Not Found");
  CHECK(reason_phrase(599).empty());
}
