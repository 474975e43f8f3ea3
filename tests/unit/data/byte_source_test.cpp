#include "data/byte_source.hpp"

#include <fstream>
#include <string>
#include <string_view>
#include <vector>

#include "support/catch_shim.hpp"
#include <zlib.h>

#include "support/errors.hpp"
#include "support/temporary_folder.hpp"

using mlserve::ErrorKind;
using mlserve::data::ByteSource;
using mlserve::data::memory_source;
using mlserve::data::open_source;
using mlserve::data::read_fully;
using mlserve::testing::error_kind_of;
using mlserve::testing::error_of;
using mlserve::testing::TemporaryFolder;

namespace {

void put(const std::string& path, std::string_view bytes) {
  std::ofstream(path, std::ios::binary) << bytes;
}

/// `bytes` as one gzip member.
std::string gzip(std::string_view bytes) {
  constexpr int kGzipFormat = 16;
  z_stream stream{};
  REQUIRE(deflateInit2(&stream, Z_BEST_SPEED, Z_DEFLATED, MAX_WBITS + kGzipFormat, 8,
                       Z_DEFAULT_STRATEGY) == Z_OK);
  std::string packed(deflateBound(&stream, bytes.size()), '\0');
  std::string input(bytes);
  stream.next_in = reinterpret_cast<Bytef*>(input.data());
  stream.avail_in = static_cast<uInt>(input.size());
  stream.next_out = reinterpret_cast<Bytef*>(packed.data());
  stream.avail_out = static_cast<uInt>(packed.size());
  REQUIRE(deflate(&stream, Z_FINISH) == Z_STREAM_END);
  packed.resize(stream.total_out);
  deflateEnd(&stream);
  return packed;
}

/// All that is left of `source`, asked for in pieces of `step` bytes.
std::string drain(ByteSource& source, std::size_t step) {
  std::string all;
  std::string piece(step, '\0');
  while (const std::size_t count = source.read(piece.data(), step)) all.append(piece, 0, count);
  return all;
}

std::string content_of(const std::string& path, std::size_t step = 1000) {
  return drain(*open_source(path), step);
}

std::string many_lines() {
  std::string text;
  for (int i = 0; i < 200'000; ++i) text += std::to_string(i) + '\n';
  return text;
}

}  // namespace

TEST_CASE("A file is read as it is, however small the pieces", "[data]") {
  const TemporaryFolder folder;
  const std::string text = "a,b\n1,\x01\xff\n";
  put(folder.file("t.csv"), text);
  CHECK(content_of(folder.file("t.csv"), 1) == text);
  CHECK(content_of(folder.file("t.csv"), 1000) == text);
}

TEST_CASE("Files of no, one and two bytes are whole", "[data]") {
  const TemporaryFolder folder;
  for (const std::string text : {"", "x", "\x1f", "ab"}) {
    put(folder.file("t"), text);
    CHECK(content_of(folder.file("t")) == text);
  }
}

TEST_CASE("Memory is read as it is, nothing included", "[data]") {
  CHECK(drain(*memory_source("abc"), 2) == "abc");
  CHECK(drain(*memory_source({}), 2).empty());
}

TEST_CASE("read_fully stops at the end only", "[data]") {
  std::string buffer(4, '.');
  const auto source = memory_source("abcdef");
  CHECK(read_fully(*source, buffer.data(), 4) == 4);
  CHECK(buffer == "abcd");
  CHECK(read_fully(*source, buffer.data(), 4) == 2);
  CHECK(read_fully(*source, buffer.data(), 4) == 0);
}

TEST_CASE("Gzip is unpacked, known by its first bytes and not by its name", "[data]") {
  const TemporaryFolder folder;
  const std::string text = many_lines();
  put(folder.file("t.csv"), gzip(text));
  CHECK(content_of(folder.file("t.csv"), 100'000) == text);
  CHECK(content_of(folder.file("t.csv"), 7) == text);
}

TEST_CASE("Gzip members in a row are one text, empty ones included", "[data]") {
  const TemporaryFolder folder;
  put(folder.file("t.gz"), gzip("one\n") + gzip("") + gzip("two\n"));
  CHECK(content_of(folder.file("t.gz")) == "one\ntwo\n");
  put(folder.file("empty.gz"), gzip(""));
  CHECK(content_of(folder.file("empty.gz")).empty());
}

TEST_CASE("Gzip that is cut short anywhere is corrupt", "[data]") {
  const TemporaryFolder folder;
  const std::string packed = gzip("one\ntwo\n");
  const std::string path = folder.file("t.gz");
  for (std::size_t length = 2; length < packed.size(); ++length) {
    put(path, packed.substr(0, length));
    const auto error = error_of([&] { content_of(path); });
    REQUIRE(error);
    CHECK(error->kind() == ErrorKind::corrupt);
    CHECK(error->what() == path + ": the gzip data is cut short");
  }
}

TEST_CASE("Gzip with a wrong checksum, or with other text behind it, is corrupt", "[data]") {
  const TemporaryFolder folder;
  std::string packed = gzip("one\ntwo\n");
  put(folder.file("tail.gz"), packed + "three\n");
  CHECK(error_kind_of([&] { content_of(folder.file("tail.gz")); }) == ErrorKind::corrupt);
  packed[packed.size() - 8] ^= 1;  // first byte of the CRC
  put(folder.file("sum.gz"), packed);
  CHECK(error_kind_of([&] { content_of(folder.file("sum.gz")); }) == ErrorKind::corrupt);
}

TEST_CASE("A file that is not there is not found, by its name", "[data]") {
  const TemporaryFolder folder;
  const auto error = error_of([&] { open_source(folder.file("none.csv")); });
  REQUIRE(error);
  CHECK(error->kind() == ErrorKind::not_found);
  CHECK(std::string(error->what()).find("none.csv") != std::string::npos);
}

TEST_CASE("A directory cannot be read", "[data]") {
  const TemporaryFolder folder;
  const auto error = error_of([&] { open_source(folder.path().string()); });
  REQUIRE(error);
  CHECK(error->kind() == ErrorKind::corrupt);
  CHECK(std::string(error->what()).find("directory") != std::string::npos);
}

TEST_CASE("Messages call a source by its path, and standard input by that", "[data]") {
  CHECK(mlserve::data::source_name("-") == "standard input");
  CHECK(mlserve::data::source_name("a/b.csv") == "a/b.csv");
}
