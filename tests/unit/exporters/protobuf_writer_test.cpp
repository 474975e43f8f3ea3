#include "exporters/protobuf_writer.hpp"

#include <cstdint>
#include <limits>
#include <string>
#include <vector>

#include "support/catch_shim.hpp"

#include "support/hex.hpp"

namespace {

using mlserve::exporters::ProtobufWriter;
using mlserve::testing::hex;

std::string integer(std::uint32_t field, std::int64_t value) {
  ProtobufWriter writer;
  writer.integer(field, value);
  return hex(writer.bytes());
}

}  // namespace

// The first messages are those of https://protobuf.dev/programming-guides/encoding/.

TEST_CASE("An integer is a tag and seven bits a byte", "[exporters]") {
  CHECK(integer(1, 150) == "08 96 01");
  CHECK(integer(1, 0) == "08 00");
  CHECK(integer(1, 127) == "08 7f");
  CHECK(integer(1, 128) == "08 80 01");
  CHECK(integer(1, std::numeric_limits<std::int64_t>::max()) == "08 ff ff ff ff ff ff ff ff 7f");
}

TEST_CASE("A negative integer takes ten bytes", "[exporters]") {
  CHECK(integer(1, -2) == "08 fe ff ff ff ff ff ff ff ff 01");
  CHECK(integer(1, std::numeric_limits<std::int64_t>::min()) == "08 80 80 80 80 80 80 80 80 80 01");
}

TEST_CASE("A field of a number above 15 has a tag of several bytes", "[exporters]") {
  CHECK(integer(15, 1) == "78 01");
  CHECK(integer(16, 1) == "80 01 01");
  CHECK(integer(536870911, 1) == "f8 ff ff ff 0f 01");
}

TEST_CASE("A text is its length and its bytes, whatever they are", "[exporters]") {
  ProtobufWriter writer;
  writer.text(2, "testing");
  CHECK(hex(writer.bytes()) == "12 07 74 65 73 74 69 6e 67");
  ProtobufWriter odd;
  odd.text(2, "");
  odd.text(2, std::string("\0\xff", 2));
  CHECK(hex(odd.bytes()) == "12 00 12 02 00 ff");
  ProtobufWriter long_one;
  long_one.text(1, std::string(300, 'a'));
  CHECK(long_one.bytes().size() == 303);
  CHECK(hex(long_one.bytes().substr(0, 4)) == "0a ac 02 61");
}

TEST_CASE("A message within a message is written as a text is", "[exporters]") {
  ProtobufWriter inner;
  inner.integer(1, 150);
  ProtobufWriter outer;
  outer.message(3, inner);
  CHECK(hex(outer.bytes()) == "1a 03 08 96 01");
  ProtobufWriter empty;
  empty.message(3, ProtobufWriter());
  CHECK(hex(empty.bytes()) == "1a 00");
}

TEST_CASE("Packed integers share one tag", "[exporters]") {
  ProtobufWriter writer;
  writer.packed(6, std::vector<std::int64_t>{3, 270, 86942});
  CHECK(hex(writer.bytes()) == "32 06 03 8e 02 9e a7 05");
}

TEST_CASE("Packed doubles are eight bytes each, the lowest first", "[exporters]") {
  ProtobufWriter writer;
  // 1 is 0x3ff0000000000000, -0.0 is 0x8000000000000000.
  writer.packed(10, std::vector<double>{1, -0.0});
  CHECK(hex(writer.bytes()) == "52 10 00 00 00 00 00 00 f0 3f 00 00 00 00 00 00 00 80");
}

TEST_CASE("Nothing packed is nothing written", "[exporters]") {
  ProtobufWriter writer;
  writer.packed(6, std::vector<std::int64_t>{});
  writer.packed(10, std::vector<double>{});
  CHECK(writer.bytes().empty());
}

TEST_CASE("Fields are appended after those before them", "[exporters]") {
  ProtobufWriter first;
  first.integer(1, 1);
  ProtobufWriter second;
  second.integer(2, 2);
  first.append(second);
  CHECK(hex(first.bytes()) == "08 01 10 02");
}
