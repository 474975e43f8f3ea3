#include "core/log.hpp"

#include <array>
#include <chrono>
#include <cstdint>
#include <filesystem>
#include <sstream>
#include <string>
#include <thread>

#include "support/catch_shim.hpp"

#include "core/atomic_file.hpp"
#include "support/memory_stream.hpp"
#include "support/pipe.hpp"
#include "support/temporary_folder.hpp"

using mlserve::Log;
using mlserve::LogFormat;
using mlserve::LogLevel;
using mlserve::testing::MemoryStream;
using mlserve::testing::Pipe;
using mlserve::testing::TemporaryFolder;

namespace {

std::string warning_line(LogFormat format, std::string_view message, Log::Fields fields = {}) {
  MemoryStream stream;
  Log(stream.get(), LogLevel::debug, format).warning(message, fields);
  return stream.text();
}

/// A JSON line without its time, whose form is checked.
std::string without_time(const std::string& line) {
  constexpr std::size_t kEnd = sizeof(R"({"time":"2024-02-29T12:34:56.789Z",)") - 1;
  REQUIRE(line.size() > kEnd);
  std::string form = line.substr(0, kEnd);
  for (char& c : form) {
    if (c >= '0' && c <= '9') c = '0';
  }
  CHECK(form == R"({"time":"0000-00-00T00:00:00.000Z",)");
  return std::string(line).erase(1, kEnd - 1);
}

/// Lines in `text`, but for those that say how many were left out: these count as they say.
std::uint64_t lines_and_left_out(const std::string& text) {
  constexpr std::string_view kLeftOut = "mlserve: warning: log lines were left out lines=";
  std::uint64_t count = 0;
  std::istringstream lines(text);
  for (std::string line; std::getline(lines, line);)
    count += line.starts_with(kLeftOut) ? std::stoull(line.substr(kLeftOut.size())) : 1;
  return count;
}

}  // namespace

TEST_CASE("Log names the level of all text lines but info", "[core]") {
  MemoryStream stream;
  Log log(stream.get(), LogLevel::debug, LogFormat::text);
  log.debug("d");
  log.info("i");
  log.warning("w");
  log.error("e");
  CHECK(stream.text() == "mlserve: debug: d\ni\nmlserve: warning: w\nmlserve: error: e\n");
}

TEST_CASE("Log leaves out what is below its level", "[core]") {
  MemoryStream stream;
  Log(stream.get(), LogLevel::warning, LogFormat::text).info("quiet");
  Log(stream.get(), LogLevel::off, LogFormat::text).error("quiet");
  CHECK(stream.text().empty());
}

TEST_CASE("Log puts fields behind the message and quotes what could be mistaken", "[core]") {
  CHECK(warning_line(LogFormat::text, "slow", {{"ms", "12"}, {"path", "a b"}, {"none", ""}}) ==
        "mlserve: warning: slow ms=12 path=\"a b\" none=\"\"\n");
}

TEST_CASE("Log writes one line whatever the message holds", "[core]") {
  CHECK(warning_line(LogFormat::text, "a\nb", {{"k", "c\x1b[0m"}}) ==
        "mlserve: warning: a\\nb k=c\\x1b[0m\n");
}

TEST_CASE("Log writes JSON lines with time and level and message and fields", "[core]") {
  const std::string line =
      warning_line(LogFormat::json, "a \"b\"\nc", {{"path", "/predict"}, {"rows", "3"}});
  CHECK(without_time(line) ==
        "{\"level\":\"warning\",\"message\":\"a \\\"b\\\"\\nc\",\"path\":\"/predict\","
        "\"rows\":\"3\"}\n");
}

TEST_CASE("Log keeps JSON lines readable when a text is not UTF-8", "[core]") {
  CHECK(without_time(warning_line(LogFormat::json, "bad \xFF byte")) ==
        "{\"level\":\"warning\",\"message\":\"bad \\\\xff byte\"}\n");
}

TEST_CASE("Log keeps lines of several threads apart", "[core]") {
  MemoryStream stream;
  Log log(stream.get(), LogLevel::info, LogFormat::text);
  const std::string message(100, 'x');
  const auto write_fifty = [&] {
    for (int i = 0; i < 50; ++i) log.info(message);
  };
  std::array<std::thread, 4> threads;
  for (std::thread& thread : threads) thread = std::thread(write_fifty);
  for (std::thread& thread : threads) thread.join();
  std::string expected;
  for (int i = 0; i < 200; ++i) expected += message + "\n";
  CHECK(stream.text() == expected);
}

TEST_CASE("Log writes numbers of JSON lines as numbers", "[core]") {
  using Kind = mlserve::LogField::Kind;
  const Log::Fields fields = {{"ms", "0.25", Kind::number}, {"status", "200"}};
  CHECK(without_time(warning_line(LogFormat::json, "a", fields)) ==
        "{\"level\":\"warning\",\"message\":\"a\",\"ms\":0.25,\"status\":\"200\"}\n");
  CHECK(warning_line(LogFormat::text, "a", fields) == "mlserve: warning: a ms=0.25 status=200\n");
}

TEST_CASE("Log goes on in a new file when the old one was moved away", "[core]") {
  const TemporaryFolder folder;
  const std::string path = folder.file("a.log");
  Log log(path, LogLevel::info, LogFormat::text);
  log.info("one");
  std::filesystem::rename(path, folder.file("a.log.1"));
  log.reopen();
  log.info("two");
  CHECK(mlserve::read_file(folder.file("a.log.1"), 1000) == "one\n");
  CHECK(mlserve::read_file(path, 1000) == "log file opened anew\ntwo\n");
}

TEST_CASE("Log says that it could not be opened anew", "[core]") {
  const TemporaryFolder folder;
  const std::string old_name = folder.file("old");
  std::filesystem::create_directory(old_name);
  Log log(old_name + "/a.log", LogLevel::info, LogFormat::text);
  std::filesystem::rename(old_name, folder.file("new"));
  log.reopen();
  CHECK(mlserve::read_file(folder.file("new/a.log"), 1000) ==
        "mlserve: error: the log file was not opened anew, the old one goes on: cannot write " +
            old_name + "/a.log: No such file or directory\n");
}

TEST_CASE("Log that writes behind has written all lines in order when it ends", "[core]") {
  Pipe pipe;
  pipe.read_on_a_thread();
  std::string expected;
  {
    Log log(pipe.stream(), LogLevel::info, LogFormat::text);
    log.write_behind();
    for (int i = 0; i < 1000; ++i) {
      log.info(std::to_string(i));
      expected += std::to_string(i) + "\n";
    }
    CHECK(log.left_out() == 0);
  }
  CHECK(pipe.end_and_join() == expected);
}

TEST_CASE("Log that writes behind waits for no reader, and says what it left out", "[core]") {
  constexpr std::uint64_t kLines = 20'000;
  Pipe pipe;
  {
    Log log(pipe.stream(), LogLevel::info, LogFormat::text);
    log.write_behind({64, std::chrono::milliseconds(10'000)});
    for (std::uint64_t i = 0; i < kLines; ++i) log.info(std::string(100, 'x'));
    CHECK(log.left_out() > kLines / 2);
    log.error("the last line");
    pipe.read_on_a_thread();
  }
  CHECK(lines_and_left_out(pipe.end_and_join()) == kLines + 1);
}

TEST_CASE("Log ends though nobody reads it", "[core]") {
  Pipe pipe;
  Log log(pipe.stream(), LogLevel::info, LogFormat::text);
  log.write_behind({64, std::chrono::milliseconds(10)});
  for (int i = 0; i < 20'000; ++i) log.info("a line that nobody reads");
  SUCCEED();
}

TEST_CASE("Log goes on when its reader has gone away", "[core]") {
  Pipe pipe;
  Log log(pipe.stream(), LogLevel::info, LogFormat::text);
  log.write_behind({64, std::chrono::milliseconds(10)});
  pipe.close_out();
  for (int i = 0; i < 100; ++i) log.info("a line for nobody");
  SUCCEED();
}

TEST_CASE("Log leaves out bulk before other messages", "[core]") {
  constexpr std::uint64_t kBulk = 20'000;
  Pipe pipe;
  {
    Log log(pipe.stream(), LogLevel::info, LogFormat::text);
    log.write_behind({64, std::chrono::milliseconds(10'000)});
    log.warning("a message");
    for (std::uint64_t i = 0; i < kBulk; ++i) log.bulk("GET", {});
    CHECK(log.left_out() > 0);
    log.warning("another message");
    pipe.read_on_a_thread();
  }
  const std::string text = pipe.end_and_join();
  CHECK(text.find("mlserve: warning: a message\n") != std::string::npos);
  CHECK(text.find("mlserve: warning: another message\n") != std::string::npos);
  CHECK(lines_and_left_out(text) == kBulk + 2);
}

TEST_CASE("Levels and formats are known by their names", "[core]") {
  CHECK(mlserve::parse_log_level("debug") == LogLevel::debug);
  CHECK(mlserve::parse_log_level("info") == LogLevel::info);
  CHECK(mlserve::parse_log_level("warning") == LogLevel::warning);
  CHECK(mlserve::parse_log_level("error") == LogLevel::error);
  CHECK(mlserve::parse_log_level("off") == LogLevel::off);
  CHECK_FALSE(mlserve::parse_log_level("loud"));
  CHECK(mlserve::parse_log_format("text") == LogFormat::text);
  CHECK(mlserve::parse_log_format("json") == LogFormat::json);
  CHECK_FALSE(mlserve::parse_log_format("xml"));
}
