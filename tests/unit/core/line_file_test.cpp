#include "core/line_file.hpp"

#include <array>
#include <chrono>
#include <cstdio>
#include <filesystem>
#include <string>
#include <sys/stat.h>
#include <unistd.h>

#include "support/catch_shim.hpp"

#include "core/atomic_file.hpp"
#include "support/errors.hpp"
#include "support/pipe.hpp"
#include "support/signals.hpp"
#include "support/temporary_folder.hpp"

using mlserve::ErrorKind;
using mlserve::LineFile;
using mlserve::read_file;
using mlserve::testing::error_kind_of;
using mlserve::testing::Pipe;
using mlserve::testing::TemporaryFolder;
namespace fs = std::filesystem;

namespace {

constexpr mode_t kMode = 0600;

std::string content(const std::string& path) { return read_file(path, 1 << 20); }

}  // namespace

TEST_CASE("LineFile adds to what is there and makes what is not", "[core]") {
  const TemporaryFolder folder;
  const std::string path = folder.file("a.log");
  CHECK(LineFile(path, kMode).write("one\n"));
  LineFile file(path, kMode);
  CHECK(file.write("two\nthree\n"));
  CHECK(content(path) == "one\ntwo\nthree\n");
  CHECK(file.bytes() == 14);
  CHECK((fs::status(path).permissions() & fs::perms::all) ==
        (fs::perms::owner_read | fs::perms::owner_write));
}

TEST_CASE("LineFile ends a line that another process left in the middle", "[core]") {
  const TemporaryFolder folder;
  const std::string path = folder.file("a.log");
  mlserve::write_file(path, "cut sho");
  LineFile file(path, kMode);
  CHECK(file.write("one\n"));
  CHECK(file.write("two\n"));
  CHECK(content(path) == "cut sho\none\ntwo\n");
}

TEST_CASE("LineFile goes on in a new file when its own was moved away", "[core]") {
  const TemporaryFolder folder;
  const std::string path = folder.file("a.log");
  LineFile file(path, kMode);
  CHECK(file.write("one\n"));
  CHECK(file.is_in_place());
  fs::rename(path, folder.file("a.log.1"));
  CHECK_FALSE(file.is_in_place());
  CHECK(file.write("two\n"));
  file.reopen();
  CHECK(file.is_in_place());
  CHECK(file.write("three\n"));
  CHECK(content(folder.file("a.log.1")) == "one\ntwo\n");
  CHECK(content(path) == "three\n");
}

TEST_CASE("LineFile stays with its file when there is no new one to be had", "[core]") {
  const TemporaryFolder folder;
  fs::create_directory(folder.path() / "logs");
  const std::string path = folder.file("logs/a.log");
  LineFile file(path, kMode);
  fs::rename(folder.path() / "logs", folder.path() / "moved");
  CHECK(error_kind_of([&] { file.reopen(); }) == ErrorKind::not_found);
  CHECK(file.write("one\n"));
  CHECK(content(folder.file("moved/a.log")) == "one\n");
}

TEST_CASE("LineFile says at once that a file cannot be written", "[core]") {
  const TemporaryFolder folder;
  CHECK(error_kind_of([&] { LineFile(folder.file("no/a.log"), kMode); }) == ErrorKind::not_found);
  CHECK(error_kind_of([&] { LineFile(folder.path().string(), kMode); }) == ErrorKind::internal);
}

TEST_CASE("LineFile survives a full disk", "[core]") {
  LineFile file("/dev/full", kMode);
  CHECK_FALSE(file.write("one\n"));
  CHECK_FALSE(file.write("two\n"));
}

TEST_CASE("LineFile waits for a reader no longer than it is told", "[core]") {
  Pipe pipe;
  LineFile file(pipe.stream());
  file.wait_until(std::chrono::steady_clock::now());
  const std::string line(1000, 'x');
  std::size_t taken = 0;
  while (file.write(line + "\n")) ++taken;
  CHECK(taken > 0);
  CHECK(errno == ETIMEDOUT);
  const std::string read = pipe.read_all_there_is();
  CHECK(read.substr(0, line.size() + 1) == line + "\n");
  CHECK(file.write("again\n"));
  // The line that did not go in whole was ended.
  const std::string more = pipe.read_all_there_is();
  CHECK((more == "again\n" || more == "\nagain\n"));
  CHECK((read + more).find("xagain") == std::string::npos);
}

TEST_CASE("LineFile writes long lines to a pipe that is read", "[core]") {
  Pipe pipe;
  const std::string line(1 << 20, 'x');
  pipe.read_on_a_thread();
  CHECK(LineFile(pipe.stream()).write(line + "\n"));
  CHECK(pipe.end_and_join() == line + "\n");
}
