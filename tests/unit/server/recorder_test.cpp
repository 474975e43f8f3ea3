#include "server/recorder.hpp"

#include <filesystem>
#include <string>
#include <vector>

#include "support/catch_shim.hpp"

#include "core/atomic_file.hpp"
#include "pipeline/recording.hpp"
#include "server/http.hpp"
#include "server/predict_route.hpp"
#include "server/served_model.hpp"
#include "support/errors.hpp"
#include "support/made_models.hpp"
#include "support/memory_stream.hpp"
#include "support/temporary_folder.hpp"

using mlserve::ErrorKind;
using mlserve::Log;
using mlserve::LogFormat;
using mlserve::LogLevel;
using mlserve::pipeline::Recording;
using mlserve::pipeline::RecordingReader;
using mlserve::server::Recorder;
using mlserve::server::RecorderOptions;
using mlserve::server::Request;
using mlserve::server::ServedModel;
using mlserve::testing::error_kind_of;
using mlserve::testing::MemoryStream;
using mlserve::testing::TemporaryFolder;
namespace fs = std::filesystem;

namespace {

/// What recorders log.
struct LogBench {
  MemoryStream stream;
  Log log{stream.get(), LogLevel::info, LogFormat::text};
};

Recording small_recording(const std::string& id) {
  Recording recording;
  recording.request_id = id;
  recording.records = {R"({"a":1})"};
  recording.values = {1.5};
  return recording;
}

std::vector<Recording> read(const std::string& path) {
  RecordingReader reader(mlserve::data::open_source(path), path);
  std::vector<Recording> all;
  for (Recording next; reader.next(next);) all.push_back(next);
  CHECK(reader.damaged() == 0);
  return all;
}

Request predict_request(const std::string& type, const std::string& body) {
  Request request;
  request.method = "POST";
  request.path = "/predict";
  request.headers = {{"Content-Type", type}};
  request.body = body;
  request.request_id = "id-1";
  return request;
}

}  // namespace

TEST_CASE("A recorder has written all requests in their order when it ends", "[server]") {
  const TemporaryFolder folder;
  const std::string path = folder.file("r.jsonl");
  LogBench bench;
  {
    Recorder recorder({path}, bench.log);
    for (int i = 0; i < 1000; ++i) recorder.put(small_recording(std::to_string(i)));
  }
  const std::vector<Recording> all = read(path);
  REQUIRE(all.size() == 1000);
  for (int i = 0; i < 1000; ++i)
    CHECK(all[static_cast<std::size_t>(i)].request_id == std::to_string(i));
  CHECK(all[0].time.starts_with("20"));
  CHECK((fs::status(path).permissions() & fs::perms::all) ==
        (fs::perms::owner_read | fs::perms::owner_write));
  CHECK(bench.stream.text().empty());
}

TEST_CASE("A recorder makes room by moving files away", "[server]") {
  const TemporaryFolder folder;
  const std::string path = folder.file("r.jsonl");
  LogBench bench;
  RecorderOptions options{path};
  options.rotation = {1000, 2};
  for (int i = 0; i < 20; ++i) Recorder(options, bench.log).put(small_recording(std::to_string(i)));
  CHECK(fs::file_size(path) <= 1000);
  CHECK(read(path).back().request_id == "19");
  CHECK(fs::exists(path + ".2"));
  CHECK_FALSE(fs::exists(path + ".3"));
}

TEST_CASE("A recorder goes on in a new file when its own was moved away", "[server]") {
  const TemporaryFolder folder;
  const std::string path = folder.file("r.jsonl");
  LogBench bench;
  {
    Recorder recorder({path}, bench.log);
    fs::rename(path, path + ".moved");
    recorder.reopen();
    recorder.put(small_recording("a"));
  }
  CHECK(read(path + ".moved").empty());
  CHECK(read(path).size() == 1);
}

TEST_CASE("A full disk costs recordings and nothing else", "[server]") {
  LogBench bench;
  {
    Recorder recorder({"/dev/full"}, bench.log);
    for (int i = 0; i < 10; ++i) recorder.put(small_recording("a"));
  }
  const std::string log = bench.stream.text();
  CHECK(
      log.find("mlserve: warning: requests are not recorded: cannot write /dev/full: No space left "
               "on device\n") == 0);
  CHECK(log.ends_with("mlserve: warning: requests were not recorded requests=10 file=/dev/full\n"));
}

TEST_CASE("What comes faster than it can be written is left out", "[server]") {
  const TemporaryFolder folder;
  LogBench bench;
  RecorderOptions options{folder.file("r.jsonl")};
  options.max_waiting_bytes = 100;  // less than one request
  Recorder recorder(options, bench.log);
  recorder.put(small_recording("a"));
  CHECK(recorder.left_out() == 1);
}

TEST_CASE("A recorder says at once that its file cannot be made", "[server]") {
  const TemporaryFolder folder;
  LogBench bench;
  CHECK(error_kind_of([&] { Recorder({folder.file("no/r.jsonl")}, bench.log); }) ==
        ErrorKind::not_found);
}

TEST_CASE("A recorder wants its share of the requests", "[server]") {
  const TemporaryFolder folder;
  LogBench bench;
  RecorderOptions options{folder.file("r.jsonl")};
  options.sample = 0.25;
  const Recorder recorder(options, bench.log);
  int wanted = 0;
  for (int i = 0; i < 10'000; ++i) wanted += recorder.wants("id-" + std::to_string(i));
  CHECK(wanted == Approx(2500).margin(5 * 43.3));  // five standard deviations
}

TEST_CASE("A predicted request is recorded with its rows and answers", "[server]") {
  const TemporaryFolder folder;
  const std::string path = folder.file("r.jsonl");
  LogBench bench;
  const ServedModel served("ship", "3", mlserve::testing::small_model());
  {
    RecorderOptions options{path};
    options.omitted = {"name"};
    Recorder recorder(options, bench.log);
    for (const auto& [type, body] :
         {std::pair{"application/json",
                    R"([{"age": 10, "name": "x", "more": [1, 2]}, {"sex": "male"}])"},
          std::pair{"text/csv", "age,name,sex\n10,x,female\n,y,male\n"},
          std::pair{"application/json", R"([{"age": "old"}])"}}) {
      Request request = predict_request(type, body);
      request.recorder = &recorder;
      answer_predict(request, served, 10);
      request.recorder = nullptr;
      answer_predict(request, served, 10);
    }
  }
  const std::vector<Recording> all = read(path);
  REQUIRE(all.size() == 2);
  CHECK(all[0].request_id == "id-1");
  CHECK(all[0].route == "/predict");
  CHECK(all[0].model == "ship");
  CHECK(all[0].version == "3");
  CHECK(all[0].omitted == std::vector<std::string>{"name"});
  CHECK(all[0].records ==
        std::vector<std::string>{R"({"age":10,"more":[1,2]})", R"({"sex":"male"})"});
  CHECK(all[1].records ==
        std::vector<std::string>{R"({"age":"10","sex":"female"})", R"({"age":"","sex":"male"})"});
  for (const Recording& recording : all) CHECK(recording.values.size() == 4);
}
