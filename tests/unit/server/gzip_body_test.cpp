#include "server/gzip_body.hpp"

#include <limits>
#include <string>

#include "support/catch_shim.hpp"

#include "server/collected_body.hpp"
#include "server/refusal.hpp"
#include "support/gzip.hpp"

using namespace mlserve::server;
using mlserve::test::gzip;
using mlserve::test::gzip_bomb;

namespace {

constexpr UnpackLimits kAny{std::numeric_limits<std::uint64_t>::max(), 0};

/// A body that comes in pieces of one byte.
class DrippingBody final : public BodyReader {
 public:
  explicit DrippingBody(std::string_view bytes) : bytes_(bytes) {}
  std::size_t read(std::span<char> buffer) override { return bytes_.read(buffer.first(1)); }

 private:
  CollectedBody bytes_;
};

std::string unpacked(BodyReader& packed, const UnpackLimits& limits = kAny) {
  GzipBody body(packed, limits);
  std::string text;
  std::string piece(7, '\0');
  while (const std::size_t bytes = body.read(piece)) text.append(piece, 0, bytes);
  return text;
}

std::string unpacked(std::string_view packed, const UnpackLimits& limits = kAny) {
  CollectedBody body(packed);
  return unpacked(body, limits);
}

/// What a client is told about a body, without reading more than needed: 0 when all is well.
int status_of(std::string_view packed, const UnpackLimits& limits = kAny) {
  try {
    CollectedBody collected(packed);
    GzipBody body(collected, limits);
    std::string piece(std::size_t{64} << 10, '\0');
    while (body.read(piece) > 0) {
    }
    return 0;
  } catch (const Refusal& refusal) {
    return refusal.status();
  }
}

}  // namespace

TEST_CASE("A packed body is read unpacked, however it comes", "[server]") {
  const std::string packed = gzip("one,two\n") + gzip("") + gzip("three\n");
  CHECK(unpacked(packed) == "one,two\nthree\n");
  DrippingBody dripping(packed);
  CHECK(unpacked(dripping) == "one,two\nthree\n");
  CHECK(unpacked("").empty());
}

TEST_CASE("A body that is no gzip, cut short, or followed by something is refused", "[server]") {
  const std::string packed = gzip("one,two\n");
  std::string changed = packed;
  changed[changed.size() - 8] ^= 1;
  for (const std::string& body :
       {std::string("[]"), packed.substr(0, packed.size() - 1), packed.substr(0, 5), packed + "x",
        packed + std::string(1, '\0'), changed}) {
    CAPTURE(body);
    CHECK(status_of(body) == 400);
    CHECK_THROWS_AS(unpack_body(body, 1000), Refusal);
  }
}

TEST_CASE("The limit of a body is for what comes out", "[server]") {
  const std::string packed = gzip(std::string(1000, 'x'));
  CHECK(status_of(packed, {1000, 0}) == 0);
  CHECK(status_of(packed, {999, 0}) == 413);
  CHECK(unpack_body(packed, 1000) == std::string(1000, 'x'));
  CHECK_FALSE(unpack_body(packed, 999));
}

TEST_CASE("A large body that unpacks to very many times its size is refused", "[server]") {
  const std::string small = gzip_bomb(32);
  const std::string large = gzip_bomb(33);
  CHECK(status_of(small, {kAny.max_bytes, 200}) == 0);
  CHECK(status_of(large, {kAny.max_bytes, 200}) == 413);
  CHECK(status_of(large, {kAny.max_bytes, 0}) == 0);
}
