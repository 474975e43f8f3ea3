#include "data/encoding.hpp"

#include <algorithm>
#include <memory>
#include <string>
#include <string_view>

#include "support/catch_shim.hpp"

#include "core/text.hpp"

using namespace mlserve::data;

namespace {

/// All of `bytes` as UTF-8, read `step` bytes at a time.
std::string from_latin1(std::string_view bytes, std::size_t step) {
  const auto source = decoded(memory_source(bytes), Encoding::latin1);
  std::string text;
  std::string buffer(step, '\0');
  while (const std::size_t got = source->read(buffer.data(), step)) text.append(buffer, 0, got);
  return text;
}

}  // namespace

TEST_CASE("Latin-1 becomes UTF-8, however little is read at a time", "[data]") {
  for (const std::size_t step : {1U, 2U, 3U, 7U, 1000U}) {
    CHECK(from_latin1("M\xFCller;Ma\xDF\n", step) == "Müller;Maß\n");
    CHECK(from_latin1("", step).empty());
    CHECK(from_latin1("plain", step) == "plain");
  }
}

TEST_CASE("Each byte of Latin-1 is the code point of its number", "[data]") {
  std::string bytes;
  std::string expected;
  for (unsigned byte = 0; byte < 256; ++byte) {
    bytes += static_cast<char>(byte);
    if (byte < 0x80) {
      expected += static_cast<char>(byte);
    } else {
      expected += {static_cast<char>(0xC0U | byte / 64), static_cast<char>(0x80U | byte % 64)};
    }
  }
  const std::string text = from_latin1(bytes, 10);
  CHECK(text == expected);
  CHECK(mlserve::find_invalid_utf8(text) == std::string_view::npos);
  CHECK(from_latin1("\x80\x9F", 10) == "\u0080\u009F");
}

TEST_CASE("UTF-8 passes as it is, valid or not", "[data]") {
  const auto source = decoded(memory_source("\xFFx"), Encoding::utf8);
  std::string buffer(10, '\0');
  buffer.resize(read_fully(*source, buffer.data(), buffer.size()));
  CHECK(buffer == "\xFFx");
}

TEST_CASE("Encodings are known by their common names", "[data]") {
  for (const std::string_view name : {"utf-8", "UTF-8", "utf8"})
    CHECK(parse_encoding(name) == Encoding::utf8);
  for (const std::string_view name : {"latin1", "Latin-1", "ISO-8859-1", "iso8859-1"})
    CHECK(parse_encoding(name) == Encoding::latin1);
  for (const std::string_view name : {"", "utf-16", "cp1252", "latin2"})
    CHECK_FALSE(parse_encoding(name).has_value());
}
