#include "core/atomic_file.hpp"

#include <cstdio>
#include <fcntl.h>
#include <filesystem>
#include <iterator>
#include <string>
#include <sys/stat.h>
#include <unistd.h>

#include "support/catch_shim.hpp"

#include "support/errors.hpp"
#include "support/temporary_folder.hpp"

namespace fs = std::filesystem;

using mlserve::AtomicFile;
using mlserve::Descriptor;
using mlserve::ErrorKind;
using mlserve::read_file;
using mlserve::write_file;
using mlserve::testing::error_kind_of;
using mlserve::testing::error_of;
using mlserve::testing::TemporaryFolder;

namespace {

constexpr std::size_t kPlenty = std::size_t{1} << 30;

std::ptrdiff_t entries(const fs::path& folder) {
  return std::distance(fs::directory_iterator(folder), fs::directory_iterator());
}

mode_t mode_of(const std::string& path) {
  struct stat status {};
  REQUIRE(::stat(path.c_str(), &status) == 0);
  return status.st_mode & 07777U;
}

/// Sets the umask for a scope.
class Umask {
 public:
  explicit Umask(mode_t mask) : before_(::umask(mask)) {}
  ~Umask() { ::umask(before_); }
  Umask(const Umask&) = delete;
  Umask& operator=(const Umask&) = delete;

 private:
  mode_t before_;
};

/// Sends the process's standard output to a file for a scope.
class RedirectedStdout {
 public:
  explicit RedirectedStdout(const std::string& path) : before_(::dup(STDOUT_FILENO)) {
    std::fflush(stdout);
    const Descriptor file(::open(path.c_str(), O_WRONLY | O_CREAT, 0600));
    ::dup2(file.get(), STDOUT_FILENO);
  }
  ~RedirectedStdout() { ::dup2(before_.get(), STDOUT_FILENO); }
  RedirectedStdout(const RedirectedStdout&) = delete;
  RedirectedStdout& operator=(const RedirectedStdout&) = delete;

 private:
  Descriptor before_;
};

}  // namespace

TEST_CASE("AtomicFile shows a new file only after commit", "[core]") {
  const TemporaryFolder folder;
  const std::string path = folder.file("model.json");
  AtomicFile file(path);
  file.write("one ");
  file.write("");
  file.write("two");
  CHECK_FALSE(fs::exists(path));
  file.commit();
  CHECK(read_file(path, kPlenty) == "one two");
  CHECK(entries(folder.path()) == 1);
}

TEST_CASE("AtomicFile changes nothing without commit", "[core]") {
  const TemporaryFolder folder;
  const std::string path = folder.file("model.json");
  write_file(path, "old");
  AtomicFile(path).write("new");
  CHECK(read_file(path, kPlenty) == "old");
  CHECK(entries(folder.path()) == 1);
}

TEST_CASE("AtomicFile keeps the permissions of the file it replaces", "[core]") {
  const TemporaryFolder folder;
  const std::string path = folder.file("model.json");
  write_file(path, "old");
  for (const mode_t mode : {mode_t{0600}, mode_t{0666}, mode_t{0444}}) {
    REQUIRE(::chmod(path.c_str(), mode) == 0);
    const Umask umask(027);
    write_file(path, "new");
    CHECK(mode_of(path) == mode);
  }
}

TEST_CASE("AtomicFile gives a new file the permissions that the umask leaves", "[core]") {
  const TemporaryFolder folder;
  const Umask umask(027);
  write_file(folder.file("model.json"), "new");
  CHECK(mode_of(folder.file("model.json")) == 0640);
}

TEST_CASE("AtomicFile follows symbolic links to files that exist or not", "[core]") {
  const TemporaryFolder folder;
  fs::create_directory(folder.path() / "versions");
  fs::create_symlink("versions/3.json", folder.file("current.json"));
  fs::create_symlink(folder.file("current.json"), folder.file("model.json"));
  for (const char* content : {"first", "second"}) {
    write_file(folder.file("model.json"), content);
    CHECK(read_file(folder.file("versions/3.json"), kPlenty) == content);
    CHECK(fs::is_symlink(folder.file("current.json")));
    CHECK(fs::is_symlink(folder.file("model.json")));
  }
  CHECK(entries(folder.path() / "versions") == 1);
}

TEST_CASE("AtomicFile refuses symbolic links that go in a circle", "[core]") {
  const TemporaryFolder folder;
  fs::create_symlink("b", folder.file("a"));
  fs::create_symlink("a", folder.file("b"));
  CHECK(error_kind_of([&] { AtomicFile file(folder.file("a")); }) == ErrorKind::internal);
}

TEST_CASE("AtomicFile takes the longest name that a folder can hold", "[core]") {
  const TemporaryFolder folder;
  const std::string path = folder.file(std::string(255, 'x'));
  write_file(path, "long");
  CHECK(read_file(path, kPlenty) == "long");
}

TEST_CASE("AtomicFile takes a name without a folder as one in the working folder", "[core]") {
  const TemporaryFolder folder;
  const fs::path before = fs::current_path();
  fs::current_path(folder.path());
  write_file("model.json", "here");
  fs::current_path(before);
  CHECK(read_file(folder.file("model.json"), kPlenty) == "here");
}

TEST_CASE("AtomicFile writes into a pipe directly", "[core]") {
  const TemporaryFolder folder;
  const std::string path = folder.file("pipe");
  REQUIRE(::mkfifo(path.c_str(), 0600) == 0);
  const Descriptor reader(::open(path.c_str(), O_RDONLY | O_NONBLOCK));
  write_file(path, "through");
  std::string received(32, '\0');
  received.resize(static_cast<std::size_t>(::read(reader.get(), received.data(), received.size())));
  CHECK(received == "through");
  CHECK(fs::is_fifo(path));
}

TEST_CASE("AtomicFile goes on where the standard output stands", "[core]") {
  const TemporaryFolder folder;
  const std::string path = folder.file("out.txt");
  {
    const RedirectedStdout redirected(path);
    for (const char* line : {"one\n", "two\n"}) write_file("/dev/stdout", line);
  }
  CHECK(read_file(path, kPlenty) == "one\ntwo\n");
}

TEST_CASE("AtomicFile refuses a folder and a place that is not there", "[core]") {
  const TemporaryFolder folder;
  const auto open_at = [](const std::string& path) {
    return error_kind_of([&] { AtomicFile file(path); });
  };
  CHECK(open_at(folder.path().string()) == ErrorKind::invalid_argument);
  CHECK(open_at(folder.file("new/")) == ErrorKind::invalid_argument);
  CHECK(open_at("") == ErrorKind::invalid_argument);
  CHECK(open_at(folder.file("missing/model.json")) == ErrorKind::not_found);
}

TEST_CASE("AtomicFile names the file and the reason when the disk is full", "[core]") {
  const auto error = error_of([] { write_file("/dev/full", "x"); });
  REQUIRE(error);
  CHECK(error->kind() == ErrorKind::internal);
  CHECK(std::string(error->what()) == "cannot write /dev/full: No space left on device");
}

TEST_CASE("read_file returns all bytes up to the limit", "[core]") {
  const TemporaryFolder folder;
  const std::string path = folder.file("data");
  for (const std::size_t size : {0U, 1U, 65'535U, 65'536U, 65'537U, 1'000'000U}) {
    std::string bytes(size, '\0');
    for (std::size_t i = 0; i < size; ++i) bytes[i] = static_cast<char>(i * i >> 3U);
    write_file(path, bytes);
    CHECK(read_file(path, size) == bytes);
    if (size > 0) {
      CHECK(error_kind_of([&] { read_file(path, size - 1); }) == ErrorKind::corrupt);
    }
  }
}

TEST_CASE("read_file tells a missing file from an unreadable one", "[core]") {
  const TemporaryFolder folder;
  CHECK(error_kind_of([&] { read_file(folder.file("none"), kPlenty); }) == ErrorKind::not_found);
  CHECK(error_kind_of([&] { read_file(folder.path().string(), kPlenty); }) == ErrorKind::corrupt);
}
