#include "core/rotating_file.hpp"

#include <filesystem>
#include <string>

#include "support/catch_shim.hpp"

#include "core/atomic_file.hpp"
#include "support/errors.hpp"
#include "support/temporary_folder.hpp"

using mlserve::ErrorKind;
using mlserve::read_file;
using mlserve::RotatingFile;
using mlserve::testing::error_kind_of;
using mlserve::testing::TemporaryFolder;
namespace fs = std::filesystem;

namespace {

constexpr mode_t kMode = 0600;

std::string content(const std::string& path) { return read_file(path, 1 << 20); }

}  // namespace

TEST_CASE("RotatingFile moves a file away before it has too many bytes, and keeps some", "[core]") {
  const TemporaryFolder folder;
  const std::string path = folder.file("a");
  RotatingFile file(path, kMode, {8, 2});
  for (const std::string line :
       {"1\n", "22\n", "333\n", "4444\n", "a line above the limit\n", "6\n"})
    file.write(line);
  CHECK(content(path) == "6\n");
  CHECK(content(path + ".1") == "a line above the limit\n");
  CHECK(content(path + ".2") == "4444\n");
  CHECK_FALSE(fs::exists(path + ".3"));
}

TEST_CASE("RotatingFile counts what stood in its file before", "[core]") {
  const TemporaryFolder folder;
  const std::string path = folder.file("a");
  mlserve::write_file(path, "old\n");
  RotatingFile file(path, kMode, {6, 1});
  file.write("new\n");
  CHECK(content(path) == "new\n");
  CHECK(content(path + ".1") == "old\n");
}

TEST_CASE("RotatingFile that keeps none begins anew", "[core]") {
  const TemporaryFolder folder;
  const std::string path = folder.file("a");
  RotatingFile file(path, kMode, {4, 0});
  file.write("one\n");
  file.write("two\n");
  CHECK(content(path) == "two\n");
  CHECK_FALSE(fs::exists(path + ".1"));
}

TEST_CASE("Two that write to one file do not move it away twice", "[core]") {
  const TemporaryFolder folder;
  const std::string path = folder.file("a");
  RotatingFile one(path, kMode, {8, 3});
  RotatingFile other(path, kMode, {8, 3});
  one.write("1111\n");
  other.write("2\n");
  one.write("3333\n");   // moves away
  other.write("444\n");  // finds that the file is another one
  CHECK(content(path + ".1") == "1111\n2\n");
  CHECK_FALSE(fs::exists(path + ".2"));
  CHECK(content(path) == "3333\n444\n");
}

TEST_CASE("RotatingFile says what it cannot write", "[core]") {
  RotatingFile full("/dev/full", kMode, {1000, 1});
  CHECK(error_kind_of([&] { full.write("one\n"); }) == ErrorKind::internal);
}
