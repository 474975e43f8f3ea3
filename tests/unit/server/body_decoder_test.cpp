#include "server/body_decoder.hpp"

#include <string>

#include "support/catch_shim.hpp"

using namespace mlserve::server;

namespace {

BodyDecoder counted(std::uint64_t bytes) {
  RequestHead head;
  head.content_length = bytes;
  return BodyDecoder(head);
}

BodyDecoder chunked() {
  RequestHead head;
  head.chunked = true;
  return BodyDecoder(head);
}

struct Decoded {
  std::string body;
  std::string rest;
  bool done;
};

// Feeds `input` in pieces of `piece_bytes`.
Decoded decode(BodyDecoder decoder, std::string_view input, std::size_t piece_bytes) {
  Decoded decoded;
  std::string_view piece;
  while (!decoder.done() && !(piece.empty() && input.empty())) {
    if (piece.empty()) {
      piece = input.substr(0, piece_bytes);
      input.remove_prefix(piece.size());
    }
    const auto next = decoder.next(piece, 3);
    CHECK(next.payload.size() <= 3);
    decoded.body += next.payload;
    piece.remove_prefix(next.consumed);
  }
  decoded.rest = std::string(piece) + std::string(input);
  decoded.done = decoder.done();
  return decoded;
}

int refused_status(const std::string& chunks) {
  BodyDecoder decoder = chunked();
  decoder.set_limit(100);
  try {
    decode(decoder, chunks, 1000);
    return 0;
  } catch (const Refusal& refusal) {
    return refusal.status();
  }
}

}  // namespace

TEST_CASE("BodyDecoder takes a counted body and leaves the next request", "[server]") {
  const std::size_t piece_bytes = GENERATE(1U, 2U, 7U, 100U);
  const Decoded decoded = decode(counted(10), "0123456789GET /", piece_bytes);
  CHECK(decoded.body == "0123456789");
  CHECK(decoded.rest == "GET /");
  CHECK(decoded.done);
}

TEST_CASE("A request without a length has no body", "[server]") {
  CHECK(BodyDecoder(RequestHead{}).done());
  CHECK(counted(0).done());
}

TEST_CASE("BodyDecoder puts chunks together wherever the bytes are cut", "[server]") {
  const std::size_t piece_bytes = GENERATE(1U, 2U, 3U, 7U, 100U);
  const Decoded decoded = decode(
      chunked(), "5\r\nhello\r\nA;name=value\r\n, world!!!\r\n000\r\nTrailer: x\r\n\r\nGET /",
      piece_bytes);
  CHECK(decoded.body == "hello, world!!!");
  CHECK(decoded.rest == "GET /");
  CHECK(decoded.done);
}

TEST_CASE("Chunks that are none are refused", "[server]") {
  const std::string chunks =
      GENERATE("\r\n", "x\r\n", "-5\r\nhello\r\n", "0x5\r\nhello\r\n", " 5\r\nhello\r\n",
               "5 \r\nhello\r\n", "5\nhello\r\n", "5\rhello\r\n", "5\r\nhelloX\r\n",
               "5\r\nhello\rX", "5\r\nhello\n0\r\n\r\n", "5;a\nb\r\nhello\r\n",
               "0\r\nTrailer\n\r\n", "0\r\nTrailer\rX", "0\r\n\rX", "1000000000000000\r\n");
  INFO(chunks);
  CHECK(refused_status(chunks) == 400);
}

TEST_CASE("BodyDecoder refuses more than the limit before it comes", "[server]") {
  CHECK_THROWS_AS(counted(101).set_limit(100), Refusal);
  CHECK_NOTHROW(counted(100).set_limit(100));
  CHECK(refused_status("64\r\n") == 0);
  CHECK(refused_status("65\r\n") == 413);
  CHECK(refused_status("1\r\na\r\n64\r\n") == 413);
}

TEST_CASE("BodyDecoder refuses endless extensions and trailers", "[server]") {
  CHECK(refused_status("5;" + std::string(20000, 'x')) == 431);
  CHECK(refused_status("0\r\nT: " + std::string(20000, 'x')) == 431);
}
