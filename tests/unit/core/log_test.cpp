#include "core/log.hpp"

#include <array>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <thread>

#include "support/catch_shim.hpp"

using mlserve::Log;
using mlserve::LogFormat;
using mlserve::LogLevel;

namespace {

/// A stream into memory.
class Stream {
 public:
  Stream() : file_(::open_memstream(&bytes_, &size_)) {}
  ~Stream() {
    std::fclose(file_);
    std::free(bytes_);
  }
  Stream(const Stream&) = delete;
  Stream& operator=(const Stream&) = delete;

  std::FILE* get() { return file_; }
  std::string text() {
    std::fflush(file_);
    return {bytes_, size_};
  }

 private:
  char* bytes_ = nullptr;
  std::size_t size_ = 0;
  std::FILE* file_;
};

std::string warning_line(LogFormat format, std::string_view message, Log::Fields fields = {}) {
  Stream stream;
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

}  // namespace

TEST_CASE("Log names the level of all text lines but info", "[core]") {
  Stream stream;
  Log log(stream.get(), LogLevel::debug, LogFormat::text);
  log.debug("d");
  log.info("i");
  log.warning("w");
  log.error("e");
  CHECK(stream.text() == "mlserve: debug: d\ni\nmlserve: warning: w\nmlserve: error: e\n");
}

TEST_CASE("Log leaves out what is below its level", "[core]") {
  Stream stream;
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
  Stream stream;
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
