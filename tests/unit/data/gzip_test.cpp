#include "data/gzip.hpp"

#include <string>

#include "support/catch_shim.hpp"

#include "support/errors.hpp"
#include "support/gzip.hpp"

using mlserve::ErrorKind;
using mlserve::data::GzipPacker;
using mlserve::data::GzipUnpacker;
using mlserve::test::gunzip;
using mlserve::test::gzip;
using mlserve::testing::error_kind_of;

namespace {

// What gzip 1.12 makes of "hello\n": `printf 'hello\n' | gzip -n`.
constexpr std::string_view kHello(
    "\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\x03\xcb\x48\xcd\xc9\xc9\xe7\x02\x00\x20\x30\x3a\x36\x06"
    "\x00\x00\x00",
    26);

}  // namespace

TEST_CASE("What gzip has packed is unpacked, and what is packed is gzip", "[data]") {
  CHECK(gunzip(kHello) == "hello\n");
  CHECK(gunzip(gzip("hello\n")) == "hello\n");
  CHECK(gunzip(gzip("")).empty());
  CHECK(gunzip(std::string(kHello) + gzip("") + std::string(kHello)) == "hello\nhello\n");
}

TEST_CASE("Gzip is unpacked from pieces of any size, into pieces of any size", "[data]") {
  GzipUnpacker unpacker;
  std::string text;
  char c = 0;
  for (std::size_t i = 0; i < kHello.size(); ++i) {
    CHECK(unpacker.at_end_of_member() == (i == 0));
    std::string_view piece = kHello.substr(i, 1);
    while (!piece.empty()) {
      const auto step = unpacker.unpack(piece, {&c, 1});
      piece.remove_prefix(step.taken);
      text.append(step.put, c);
    }
  }
  CHECK(text == "hello\n");
  CHECK(unpacker.at_end_of_member());
}

TEST_CASE("What is no gzip is corrupt, behind a member as well", "[data]") {
  for (const std::string& packed : {std::string("hello"), std::string(kHello) + "hello",
                                    std::string(kHello).replace(20, 1, "x")}) {
    CAPTURE(packed);
    CHECK(error_kind_of([&] { gunzip(packed); }) == ErrorKind::corrupt);
  }
}

TEST_CASE("Each packed piece can be unpacked when it comes", "[data]") {
  GzipPacker packer(1);
  GzipUnpacker unpacker;
  std::string packed;
  for (const std::string text : {"one", "two", "three"}) {
    packed.clear();
    packer.pack(text, packed);
    std::string unpacked(100, '\0');
    const auto step = unpacker.unpack(packed, unpacked);
    CHECK(step.taken == packed.size());
    CHECK(unpacked.substr(0, step.put) == text);
  }
  packed.clear();
  packer.pack_last("", packed);
  std::string rest(100, '\0');
  CHECK(unpacker.unpack(packed, rest).put == 0);
  CHECK(unpacker.at_end_of_member());
}

TEST_CASE("A packer begins a new text after the last one", "[data]") {
  GzipPacker packer(1);
  std::string packed;
  packer.pack_last("one", packed);
  packer.pack_last("two", packed);
  CHECK(gunzip(packed) == "onetwo");
}
