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

TEST_CASE("A body of unknown length goes in chunks, or until the close", "[server]") {
  Response response{200, "", "0123456789abcdef", {}};
  response.next_piece = [] { return std::string(); };
  CHECK(written(response) ==
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n10\r\n0123456789abcdef\r\n");
  CHECK(written(response, {.keep_alive = false, .minor_version = 0}) ==
        "HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n0123456789abcdef");
  CHECK(written(response, {.head_only = true}) ==
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n");
  response.body.clear();  // an empty chunk would be the end
  CHECK(written(response) == "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n");
}

TEST_CASE("A piece of a body is a chunk, or just its bytes", "[server]") {
  std::string out;
  append_piece(out, "piece", {});
  append_piece(out, "", {});
  CHECK(out == "5\r\npiece\r\n0\r\n\r\n");
  out.clear();
  append_piece(out, "piece", {.minor_version = 0});
  append_piece(out, "", {.minor_version = 0});
  CHECK(out == "piece");
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
