#include "server/framing.hpp"

#include <string>
#include <vector>

#include "support/catch_shim.hpp"

using namespace mlserve::server;

namespace {

constexpr HeadLimits kLimits{.max_bytes = 2 * kMaxRequestLineBytes, .max_headers = 100};

RequestHead parsed(const std::string& bytes) {
  RequestHead head;
  parse_head(bytes, head);
  return head;
}

// The status that a whole request is refused with, 0 if it is taken.
int refused_status(const std::string& bytes) {
  try {
    HeadScanner scanner(kLimits);
    const std::size_t head_bytes = scanner.scan(bytes);
    REQUIRE(head_bytes > 0);
    parsed(bytes.substr(0, head_bytes));
    return 0;
  } catch (const Refusal& refusal) {
    return refusal.status();
  }
}

int scan_status(const std::string& bytes, const HeadLimits& limits = kLimits) {
  try {
    HeadScanner(limits).scan(bytes);
    return 0;
  } catch (const Refusal& refusal) {
    return refusal.status();
  }
}

std::string get_with(const std::string& headers) {
  return "GET / HTTP/1.1\r\nHost: a\r\n" + headers + "\r\n";
}

std::string post_with(const std::string& headers) {
  return "POST / HTTP/1.1\r\nHost: a\r\n" + headers + "\r\n";
}

}  // namespace

TEST_CASE("HeadScanner finds the end of a head wherever the bytes are cut", "[server]") {
  const std::string head = "GET /x HTTP/1.1\r\nHost: a\r\n\r\n";
  const std::string input = head + "GET /next";
  HeadScanner scanner(kLimits);
  for (std::size_t bytes = 0; bytes < head.size(); ++bytes) {
    REQUIRE(scanner.scan(input.substr(0, bytes)) == 0);
  }
  CHECK(scanner.scan(input) == head.size());
}

TEST_CASE("HeadScanner takes one empty line before a request and no more", "[server]") {
  const std::string head = "GET /x HTTP/1.1\r\nHost: a\r\n\r\n";
  CHECK(HeadScanner(kLimits).scan("\r\n" + head) == head.size() + 2);
  CHECK(parsed("\r\n" + head).target == "/x");
  CHECK(scan_status("\r\n\r\n" + head) == 400);
}

TEST_CASE("HeadScanner refuses lines that do not end in CR LF before the head is whole",
          "[server]") {
  CHECK(scan_status("GET / HTTP/1.1\n") == 400);
  CHECK(scan_status("GET / HTTP/1.1\r\nHost: a\n\n") == 400);
  CHECK(scan_status("\n") == 400);
}

TEST_CASE("HeadScanner refuses heads that are too long, whole or not", "[server]") {
  const std::string line = "GET /" + std::string(kMaxRequestLineBytes, 'x');
  CHECK(scan_status(line) == 414);
  CHECK(scan_status(line + " HTTP/1.1\r\nHost: a\r\n\r\n") == 414);
  const std::string large = "GET / HTTP/1.1\r\nX: " + std::string(kLimits.max_bytes, 'x');
  CHECK(scan_status(large) == 431);
  CHECK(scan_status(large + "\r\n\r\n") == 431);
  const HeadLimits two_headers{.max_bytes = 1000, .max_headers = 2};
  CHECK(scan_status("GET / HTTP/1.1\r\na: 1\r\nb: 2\r\n\r\n", two_headers) == 0);
  CHECK(scan_status("GET / HTTP/1.1\r\na: 1\r\nb: 2\r\nc: 3\r\n", two_headers) == 431);
}

TEST_CASE("parse_head gives the request line and the headers in their order", "[server]") {
  const std::string bytes =
      "POST /a%20b?x=1 HTTP/1.1\r\nHost: a\r\nX-One:  1 \r\nContent-Length: 12\r\n\r\n";
  const RequestHead head = parsed(bytes);
  CHECK(head.method == "POST");
  CHECK(head.target == "/a%20b?x=1");
  CHECK(head.minor_version == 1);
  CHECK(head.content_length == 12U);
  CHECK(head.keep_alive);
  REQUIRE(head.headers.size() == 3);
  CHECK(head.headers[1].first == "X-One");
  CHECK(head.headers[1].second == "1");
}

TEST_CASE("parse_head forgets what it has read into the same head before", "[server]") {
  RequestHead head;
  parse_head("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\nExpect: 100-continue\r\n\r\n",
             head);
  parse_head("GET / HTTP/1.1\r\nHost: a\r\n\r\n", head);
  CHECK(head.headers.size() == 1);
  CHECK_FALSE(head.content_length.has_value());
  CHECK_FALSE(head.expects_continue);
}

TEST_CASE("parse_head takes the path of an absolute target", "[server]") {
  CHECK(parsed("GET http://a:80/x?y HTTP/1.1\r\nHost: a\r\n\r\n").target == "/x?y");
  CHECK(parsed("GET http://a HTTP/1.1\r\nHost: a\r\n\r\n").target == "/");
  CHECK(refused_status("GET ftp://a/ HTTP/1.1\r\nHost: a\r\n\r\n") == 400);
}

TEST_CASE("A connection is kept as its version and its Connection header say", "[server]") {
  CHECK(parsed("GET / HTTP/1.1\r\nHost: a\r\n\r\n").keep_alive);
  CHECK_FALSE(parsed(get_with("Connection: close\r\n")).keep_alive);
  CHECK_FALSE(parsed(get_with("Connection: foo, Close\r\n")).keep_alive);
  CHECK_FALSE(parsed("GET / HTTP/1.0\r\n\r\n").keep_alive);
  CHECK(parsed("GET / HTTP/1.0\r\nConnection: Keep-Alive\r\n\r\n").keep_alive);
}

TEST_CASE("Requests whose end two readers could see in two places are refused", "[server]") {
  const auto [bytes, status] = GENERATE(table<std::string, int>({
      {post_with("Content-Length: 5\r\nContent-Length: 5\r\n"), 400},
      {post_with("Content-Length: 5\r\nContent-Length: 6\r\n"), 400},
      {post_with("Content-Length: 5, 5\r\n"), 400},
      {post_with("Content-Length: +5\r\n"), 400},
      {post_with("Content-Length: -5\r\n"), 400},
      {post_with("Content-Length: 0x5\r\n"), 400},
      {post_with("Content-Length: 5 5\r\n"), 400},
      {post_with("Content-Length:\r\n"), 400},
      {post_with("Content-Length: 99999999999999999999\r\n"), 400},
      {post_with("Content-Length: 5\r\nTransfer-Encoding: chunked\r\n"), 400},
      {post_with("Transfer-Encoding: chunked\r\nContent-Length: 5\r\n"), 400},
      {post_with("Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n"), 400},
      {post_with("Transfer-Encoding: gzip, chunked\r\n"), 501},
      {post_with("Transfer-Encoding: identity\r\n"), 501},
      {post_with("Transfer-Encoding: xchunked\r\n"), 501},
      {post_with("Content-Length : 5\r\n"), 400},
      {post_with(" Content-Length: 5\r\n"), 400},
      {post_with("X: 1\r\n\tContent-Length: 5\r\n"), 400},
      {get_with("X: a\rContent-Length: 5\r\n"), 400},
      {get_with(std::string("X: a\0b\r\n", 8)), 400},
      {get_with("no colon\r\n"), 400},
      {get_with(": nothing\r\n"), 400},
      {"POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n", 400},
  }));
  INFO(bytes);
  CHECK(refused_status(bytes) == status);
}

TEST_CASE("Requests that are no HTTP/1.1 are refused with the status that says why", "[server]") {
  const auto [bytes, status] = GENERATE(table<std::string, int>({
      {"GET / HTTP/1.1\r\n\r\n", 400},
      {"GET / HTTP/1.1\r\nHost: a\r\nHost: a\r\n\r\n", 400},
      {"GET / HTTP/2.0\r\nHost: a\r\n\r\n", 505},
      {"GET / HTTP/1.2\r\nHost: a\r\n\r\n", 505},
      {"GET / HTTP/1.1x\r\nHost: a\r\n\r\n", 400},
      {"GET /\r\nHost: a\r\n\r\n", 400},
      {"GET  / HTTP/1.1\r\nHost: a\r\n\r\n", 400},
      {"GET /a b HTTP/1.1\r\nHost: a\r\n\r\n", 400},
      {"G(T / HTTP/1.1\r\nHost: a\r\n\r\n", 400},
      {"GET /\xc3\xa9 HTTP/1.1\r\nHost: a\r\n\r\n", 400},
      {"GET x HTTP/1.1\r\nHost: a\r\n\r\n", 400},
      {post_with(""), 411},
      {post_with("Content-Length: 5\r\nContent-Encoding: br\r\n"), 415},
      {post_with("Content-Length: 5\r\nContent-Encoding: deflate\r\n"), 415},
      {post_with("Content-Length: 5\r\nContent-Encoding: gzip, gzip\r\n"), 415},
      {post_with("Content-Length: 5\r\nContent-Encoding: gzip\r\nContent-Encoding: gzip\r\n"), 415},
      {post_with("Content-Length: 5\r\nContent-Encoding: GZIP\r\n"), 0},
      {post_with("Content-Length: 5\r\nContent-Encoding: x-gzip\r\n"), 0},
      {post_with("Content-Length: 5\r\nX-Request-Timeout: 0.5\r\n"), 0},
      {post_with("Content-Length: 5\r\nX-Request-Timeout: 0\r\n"), 400},
      {post_with("Content-Length: 5\r\nX-Request-Timeout: soon\r\n"), 400},
      {post_with("Content-Length: 5\r\nContent-Encoding: identity\r\n"), 0},
      {post_with("Content-Length: 5\r\nExpect: 200-ok\r\n"), 417},
      {post_with("Content-Length: 5\r\nExpect: 100-Continue\r\n"), 0},
      {"POST / HTTP/1.0\r\nContent-Length: 5\r\nExpect: x\r\n\r\n", 0},
      {post_with("Transfer-Encoding: Chunked\r\n"), 0},
      {"GET / HTTP/1.0\r\n\r\n", 0},
  }));
  INFO(bytes);
  CHECK(refused_status(bytes) == status);
}
