#include "server/access_log.hpp"

#include <algorithm>
#include <chrono>
#include <string>

#include "support/catch_shim.hpp"

#include "support/memory_stream.hpp"

using mlserve::Log;
using mlserve::LogFormat;
using mlserve::LogLevel;
using mlserve::server::AccessLines;
using mlserve::server::AccessLog;
using mlserve::server::AccessLogOptions;
using mlserve::server::RequestReport;
using mlserve::server::RequestSummary;
using mlserve::server::Route;
using mlserve::server::Subject;
using mlserve::testing::MemoryStream;

namespace {

/// One request after the other through an access log.
class Bench {
 public:
  explicit Bench(AccessLogOptions options, LogFormat format = LogFormat::text,
                 LogLevel level = LogLevel::info)
      : log_(stream_.get(), level, format), access_(options, log_) {
    route.pattern = "/predict";
    request.method = "POST";
    request.path = "/predict";
    request.remote_address = "127.0.0.1";
    request.request_id = "id-1";
    request.route = &route;
  }

  void answer(int status) {
    RequestReport report{request, subject};
    report.status = status;
    report.whole = whole;
    report.body_bytes = 57;
    report.sent_bytes = 218;
    report.duration = std::chrono::microseconds(412);
    access_.observe(report);
  }

  long left_out() const { return static_cast<long>(log_.left_out()); }
  std::string text() { return stream_.text(); }
  /// Without the time, whose form is another test's.
  std::string text_without_time() {
    std::string line = text();
    const std::size_t begin = line.find("time");
    return line.erase(begin, line.find_first_of(" ,", begin) + 1 - begin);
  }
  long lines() {
    const std::string all = text();
    return std::count(all.begin(), all.end(), '\n');
  }

  Route route;
  RequestSummary request;
  Subject subject;
  bool whole = true;

 private:
  MemoryStream stream_;
  Log log_;
  AccessLog access_;
};

const AccessLogOptions kAll{AccessLines::all, 1};

}  // namespace

TEST_CASE("A line of the access log has the request and what came of it", "[server]") {
  Bench bench(kAll);
  bench.request.trace_parent = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";
  bench.request.client = "shop";
  bench.subject = {"titanic", "3", 2};
  bench.answer(200);
  CHECK(bench.text().starts_with("access time=20"));
  CHECK(bench.text_without_time() ==
        "access method=POST path=/predict route=/predict status=200 duration_ms=0.412 bytes_in=57 "
        "bytes_out=218 remote=127.0.0.1 request_id=id-1 trace_id=4bf92f3577b34da6a3ce929d0e0e4736 "
        "client=shop model=titanic version=3 rows=2\n");
}

TEST_CASE("A line of the access log in JSON has its numbers as numbers", "[server]") {
  Bench bench(kAll, LogFormat::json);
  bench.subject = {"titanic", "3", 2};
  bench.answer(200);
  CHECK(bench.text().starts_with("{\"time\":\"20"));
  CHECK(bench.text_without_time().substr(2) ==
        "\"level\":\"info\",\"message\":\"access\",\"method\":\"POST\",\"path\":\"/predict\","
        "\"route\":\"/predict\",\"status\":200,\"duration_ms\":0.412,\"bytes_in\":57,"
        "\"bytes_out\":218,\"remote\":\"127.0.0.1\",\"request_id\":\"id-1\","
        "\"model\":\"titanic\",\"version\":\"3\",\"rows\":2}\n");
}

TEST_CASE("What a request does not have is not in its line", "[server]") {
  Bench bench(kAll);
  bench.request = {};
  bench.answer(400);
  CHECK(bench.text_without_time() ==
        "access status=400 duration_ms=0.412 bytes_in=57 bytes_out=218\n");
}

TEST_CASE("A path stays in its line, whatever it holds", "[server]") {
  Bench bench(kAll);
  bench.request.path = "/a b\nstatus=200 \x1b[0m\"\xff";
  bench.request.route = nullptr;
  bench.answer(404);
  CHECK(bench.lines() == 1);
  CHECK(bench.text().find("path=\"/a b\\\\nstatus=200 \\\\x1b[0m\\\"\\\\xff\" status=404") !=
        std::string::npos);
}

TEST_CASE("An answer that broke off is told from one that was made", "[server]") {
  Bench bench({AccessLines::errors, 1});
  bench.answer(200);
  CHECK(bench.lines() == 0);
  bench.whole = false;
  bench.answer(200);
  CHECK(bench.text().ends_with(" whole=false\n"));
}

TEST_CASE("The access log has what was asked for, errors whatever the sample", "[server]") {
  const auto lines = [](AccessLogOptions options, int status) {
    Bench bench(options);
    for (int i = 0; i < 50; ++i) bench.answer(status);
    return bench.lines();
  };
  CHECK(lines({AccessLines::off, 1}, 500) == 0);
  CHECK(lines({AccessLines::errors, 1}, 200) == 0);
  CHECK(lines({AccessLines::errors, 1}, 304) == 0);
  CHECK(lines({AccessLines::errors, 1}, 400) == 50);
  CHECK(lines({AccessLines::errors, 1}, 503) == 50);
  CHECK(lines({AccessLines::all, 1}, 200) == 50);
  CHECK(lines({AccessLines::all, 0}, 200) == 0);
  CHECK(lines({AccessLines::all, 0}, 422) == 50);
}

TEST_CASE("The sample of the access log is one of request ids", "[server]") {
  Bench bench({AccessLines::all, 0.25});
  for (int i = 0; i < 1000; ++i) {
    bench.request.request_id = "id-" + std::to_string(i);
    bench.answer(200);
  }
  const mlserve::server::Sample sample(0.25);
  long expected = 0;
  for (int i = 0; i < 1000; ++i) expected += sample.takes("id-" + std::to_string(i));
  CHECK(bench.lines() == expected);
}

TEST_CASE("Errors alone do not fill a log faster than a hundred lines a second", "[server]") {
  Bench bench({AccessLines::errors, 1});
  const auto begin = std::chrono::steady_clock::now();
  for (int i = 0; i < 10'000; ++i) bench.answer(500);
  const auto seconds =
      std::chrono::ceil<std::chrono::seconds>(std::chrono::steady_clock::now() - begin);
  CHECK(bench.lines() >= 100);
  // With a line each second that says how many are missing.
  CHECK(bench.lines() <= 101 * (seconds.count() + 1));
  CHECK(bench.left_out() >= 10'000 - bench.lines());
}

TEST_CASE("Access lines have level info", "[server]") {
  Bench bench(kAll, LogFormat::text, LogLevel::warning);
  bench.answer(500);
  CHECK(bench.lines() == 0);
}
