#include "server/gzip_answer.hpp"

#include <deque>
#include <string>

#include "support/catch_shim.hpp"

#include "server/ascii.hpp"
#include "support/gzip.hpp"

using namespace mlserve::server;
using mlserve::test::gunzip;

namespace {

std::string header(const Response& response, std::string_view name) {
  std::string values;
  for (const auto& [key, value] : response.headers) {
    if (equals_ignoring_case(key, name)) values += (values.empty() ? "" : ", ") + value;
  }
  return values;
}

Response answer(std::string body, std::string type = "application/json") {
  Response response;
  response.content_type = std::move(type);
  response.body = std::move(body);
  return response;
}

const std::string kLong(5000, '0');

Response packed(Response response, GzipUse use = GzipUse::where_it_pays) {
  pack_answer(response, use);
  return response;
}

/// An answer of several pieces, the first of which is its body.
Response pieces(std::deque<std::string> texts) {
  Response response = answer(std::move(texts.front()));
  texts.pop_front();
  response.next_piece = [texts]() mutable {
    if (texts.empty()) return std::string();
    std::string next = std::move(texts.front());
    texts.pop_front();
    return next;
  };
  return response;
}

}  // namespace

TEST_CASE("A long text is packed for a client that takes it", "[server]") {
  const Response response = packed(answer(kLong));
  CHECK(response.body.size() < kLong.size() / 10);
  CHECK(gunzip(response.body) == kLong);
  CHECK(header(response, "Content-Encoding") == "gzip");
  CHECK(header(response, "Vary") == "Accept-Encoding");
}

TEST_CASE("A client that does not take it gets the text as it is, and caches are told",
          "[server]") {
  const Response response = packed(answer(kLong), GzipUse::never);
  CHECK(response.body == kLong);
  CHECK(header(response, "Content-Encoding").empty());
  CHECK(header(response, "Vary") == "Accept-Encoding");
}

TEST_CASE("What is short, no text, or packed already stays as it is", "[server]") {
  Response page = answer(kLong, "text/html");
  page.headers.emplace_back("content-encoding", "br");
  for (const Response& plain :
       {answer("[]"), answer(kLong, "image/png"), answer(kLong, ""), page}) {
    CAPTURE(plain.content_type);
    const Response response = packed(plain);
    CHECK(response.body == plain.body);
    CHECK(response.headers == plain.headers);
  }
}

TEST_CASE("Texts of all kinds are packed", "[server]") {
  for (const char* type : {"text/csv", "text/html; charset=utf-8", "application/problem+json",
                           "application/json ; a=b", "application/x-ndjson", "image/svg+xml",
                           "application/openmetrics-text; version=1.0.0"}) {
    CAPTURE(type);
    CHECK(header(packed(answer(kLong, type)), "Content-Encoding") == "gzip");
  }
}

TEST_CASE("A client that refuses plain answers gets the shortest one packed", "[server]") {
  const Response response = packed(answer("[]", "image/png"), GzipUse::always);
  CHECK(gunzip(response.body) == "[]");
  CHECK(header(response, "Content-Encoding") == "gzip");
  CHECK(packed(answer(""), GzipUse::always).headers.empty());
}

TEST_CASE("The ETag of a packed answer is weak, as its bytes are others", "[server]") {
  Response response = answer(kLong);
  response.headers.emplace_back("ETag", "\"abc\"");
  CHECK(header(packed(response), "ETag") == "W/\"abc\"");
  CHECK(header(packed(response, GzipUse::never), "ETag") == "\"abc\"");
  response.headers.back().second = "W/\"abc\"";
  CHECK(header(packed(response), "ETag") == "W/\"abc\"");
}

TEST_CASE("304 tells caches what the whole answer would have told them", "[server]") {
  Response response;
  response.status = 304;
  CHECK(header(packed(response), "Vary") == "Accept-Encoding");
}

TEST_CASE("A streamed answer is packed piece by piece, none held back", "[server]") {
  for (const std::string first : {"", "one"}) {
    Response response = packed(pieces({first, "two", kLong}));
    CHECK(header(response, "Content-Encoding") == "gzip");
    std::string all = response.body;
    CHECK(all.empty() == first.empty());
    std::size_t count = 0;
    for (std::string piece; !(piece = response.next_piece()).empty(); ++count) all += piece;
    CHECK(count == 3);  // two, and the end of the gzip data
    CHECK(gunzip(all) == first + "two" + kLong);
    CHECK(response.next_piece().empty());
  }
}
