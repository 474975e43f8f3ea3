#include "core/subprocess.hpp"

#include <cstdlib>
#include <string>

#include "support/catch_shim.hpp"

#include "core/error.hpp"
#include "core/temporary_folder.hpp"
#include "support/errors.hpp"

namespace {

using namespace mlserve;
using namespace std::chrono_literals;

ProcessResult shell(const std::string& script, std::string_view input = {},
                    std::chrono::seconds limit = 60s, const std::string& folder = {}) {
  return run_process({"/bin/sh", "-c", script}, input, limit, folder);
}

}  // namespace

TEST_CASE("A program gets its input and gives its output, errors and exit code", "[subprocess]") {
  const ProcessResult result = shell("cat; echo oops >&2; exit 7", "hello");
  CHECK(result.output == "hello");
  CHECK(result.errors == "oops\n");
  CHECK(result.status == 7);
}

TEST_CASE("Megabytes pass both ways at once", "[subprocess]") {
  const std::string much(5 << 20, 'x');
  CHECK(shell("cat", much).output == much);
}

TEST_CASE("A program need not read its input", "[subprocess]") {
  CHECK(shell("exec <&-; echo done", std::string(5 << 20, 'x')).output == "done\n");
}

TEST_CASE("A program that is killed has the status of its signal", "[subprocess]") {
  CHECK(shell("kill -9 $$").status == 137);
}

TEST_CASE("A program runs in the folder asked for, without a shell between", "[subprocess]") {
  const TemporaryFolder folder;
  CHECK(shell("pwd -P", {}, 60s, folder.path().string()).output ==
        std::filesystem::canonical(folder.path()).string() + "\n");
  CHECK(run_process({"/bin/echo", "$HOME; a  b", ""}, {}, 60s).output == "$HOME; a  b \n");
}

TEST_CASE("A program that goes on too long is killed with its children", "[subprocess]") {
  const TemporaryFolder folder;
  // The child of the child holds the output open.
  const auto error = testing::error_of([&] {
    shell("sleep 1000 & echo $! > grandchild; sleep 1000", {}, 1s, folder.path().string());
  });
  REQUIRE(error.has_value());
  CHECK(error->kind() == ErrorKind::unavailable);
  CHECK(std::string(error->what()) == "/bin/sh does not end within 1 s");
  // It ends soon; until somebody has taken note of that it is a zombie.
  const ProcessResult gone = shell(
      "while kill -0 $(cat grandchild) && ! grep -q ') Z ' /proc/$(cat grandchild)/stat; do "
      "sleep 0.05; done",
      {}, 60s, folder.path().string());
  CHECK(gone.status == 0);
}

TEST_CASE("A program that is not there is an error", "[subprocess]") {
  CHECK(testing::error_kind_of([] { run_process({"/no/such/program"}, {}, 60s); }) ==
        ErrorKind::not_found);
}

TEST_CASE("Programs are found by PATH", "[subprocess]") {
  const auto sh = find_program("sh");
  REQUIRE(sh.has_value());
  CHECK(sh->ends_with("/sh"));
  CHECK_FALSE(find_program("no-such-program-anywhere").has_value());
}
