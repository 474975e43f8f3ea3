#include "jobs/worker.hpp"

#include <chrono>
#include <filesystem>
#include <string>
#include <thread>
#include <vector>

#include "support/catch_shim.hpp"

#include "core/atomic_file.hpp"
#include "jobs/predict_job.hpp"
#include "pipeline/describe.hpp"
#include "pipeline/predict_file.hpp"
#include "pipeline/train.hpp"
#include "support/errors.hpp"
#include "support/job_bench.hpp"

using namespace mlserve;
using pipeline::FileFormat;
using store::JobStatus;
using testing::JobBench;

namespace {

const std::string kTitanic = MLSERVE_SOURCE_DIR "/data/titanic.csv";
constexpr std::string_view kPeople =
    R"([{"age":22,"sex":"male"},{"age":38.5,"sex":"female"},{"sex":"?"}])";

/// A worker of its own connection to the store, running.
class RunningWorker {
 public:
  explicit RunningWorker(const JobBench& bench, jobs::WorkerOptions options = {})
      : store_(bench.other({})), worker_(*store_, std::move(options), log.log) {
    worker_.start();
  }

  void stop() { worker_.stop(); }

  testing::LogInMemory log;

 private:
  std::unique_ptr<store::Store> store_;
  jobs::Worker worker_;
};

/// What `predict` writes of a body in JSON.
std::string predicted(std::string_view body, FileFormat format, bool probabilities) {
  const testing::TemporaryFolder folder;
  write_file(folder.file("in.json"), body);
  pipeline::PredictFileOptions options;
  options.input = folder.file("in.json");
  options.output = folder.file("out");
  options.format = format;
  options.probabilities = probabilities;
  pipeline::predict_file(testing::small_model(), options);
  return read_file(folder.file("out"), 1 << 20);
}

std::string streamed(JobBench& bench, const store::Job& job, FileFormat format) {
  pipeline::PredictionStream stream = jobs::open_predictions(bench.store().jobs(), job, format);
  std::string text;
  for (std::string piece = stream.next(); !piece.empty(); piece = stream.next()) text += piece;
  return text;
}

/// Submits the Titanic in small pieces.
std::string submit_titanic(JobBench& bench, const jobs::TrainParameters& parameters) {
  const std::string csv = read_file(kTitanic, 1 << 20);
  store::NewJob job;
  job.id = make_uuid();
  job.kind = jobs::kTrain;
  job.model = "titanic";
  job.parameters = jobs::to_json(parameters);
  job.upload = bench.store().jobs().start_upload();
  constexpr std::size_t kPiece = 10'000;
  for (std::size_t at = 0; at < csv.size(); at += kPiece) {
    bench.store().jobs().append_upload(job.upload, static_cast<std::int64_t>(at / kPiece),
                                       std::string_view(csv).substr(at, kPiece));
  }
  return bench.store().jobs().submit(job, {}).job.id;
}

}  // namespace

TEST_CASE("A predict job gives what predict gives", "[jobs]") {
  JobBench bench;
  RunningWorker worker(bench);
  const std::string id =
      bench.submit_predict(kPeople, {FileFormat::json, /*probabilities=*/true, /*explain=*/false});
  const store::Job job = bench.wait_for_end(id);
  REQUIRE(job.status == JobStatus::succeeded);
  CHECK(job.attempts == 1);
  CHECK(job.summary == R"({"rows":3,"warnings":{"age":{"missing":1,"unknown":0,"out_of_range":0},)"
                       R"("sex":{"missing":0,"unknown":1,"out_of_range":0}}})");
  CHECK(bench.result(job) == predicted(kPeople, FileFormat::jsonl, true));
  for (const FileFormat format : {FileFormat::json, FileFormat::jsonl, FileFormat::csv})
    CHECK(streamed(bench, job, format) == predicted(kPeople, format, true));
  worker.stop();
  CHECK(worker.log.count("job succeeded") == 1);
  CHECK(worker.log.count("rows=3") == 1);
}

TEST_CASE("A predict job without rows has a result in each format", "[jobs]") {
  JobBench bench;
  RunningWorker worker(bench);
  const store::Job job = bench.wait_for_end(bench.submit_predict("[]"));
  REQUIRE(job.status == JobStatus::succeeded);
  for (const FileFormat format : {FileFormat::json, FileFormat::jsonl, FileFormat::csv})
    CHECK(streamed(bench, job, format) == predicted("[]", format, false));
}

TEST_CASE("A bad row fails the job at once and names its place", "[jobs]") {
  JobBench bench;
  RunningWorker worker(bench);
  const store::Job job = bench.wait_for_end(
      bench.submit_predict(R"([{"age":22,"sex":"male"},{"age":"old","sex":"male"}])"));
  CHECK(job.status == JobStatus::failed);
  REQUIRE(job.failures.size() == 1);
  CHECK(job.failures[0].reason == "body: record 2: field 'age': \"old\" is not a number");
  CHECK(job.result.empty());
  worker.stop();
  CHECK(worker.log.count("job failed") == 1);
}

TEST_CASE("A job that no worker understands fails at once", "[jobs]") {
  JobBench bench;
  RunningWorker worker(bench);
  const store::Job unknown = bench.wait_for_end(bench.submit("dream", "", "{}", ""));
  CHECK(unknown.status == JobStatus::failed);
  CHECK(unknown.failures.size() == 1);
  const store::Job odd = bench.wait_for_end(bench.submit("train", "", "?", ""));
  CHECK(odd.status == JobStatus::failed);
  CHECK(odd.failures.size() == 1);
}

TEST_CASE("A train job makes the model that train makes, and a version of it", "[jobs]") {
  JobBench bench;
  RunningWorker worker(bench);
  jobs::TrainParameters parameters;
  parameters.options = {{"target", "Survived"}, {"features", "Age,Sex"}, {"folds", "3"}};
  const store::Job job = bench.wait_for_end(submit_titanic(bench, parameters));
  REQUIRE(job.status == JobStatus::succeeded);

  pipeline::TrainResult expected = pipeline::train({kTitanic}, jobs::train_options(parameters));
  const std::string text = model::to_text(expected.model);
  expected.model.checksum = model::checksum_in(text);
  CHECK(bench.store().models().text(expected.model.checksum) == text);
  CHECK(bench.result(job) == pipeline::train_json(expected, "titanic"));
  CHECK(job.summary == "{\"rows\":" + std::to_string(expected.model.training.rows) +
                           ",\"model\":\"titanic\",\"checksum\":\"" + expected.model.checksum +
                           "\"}");

  parameters.promote = false;
  bench.wait_for_end(submit_titanic(bench, parameters));
  const auto versions = bench.store().models().versions();
  REQUIRE(versions.size() == 2);
  CHECK(versions[0].name == "titanic");
  CHECK(versions[0].version == 1);
  CHECK(versions[0].promoted);
  CHECK(versions[0].job == job.id);
  CHECK(versions[1].version == 2);
  CHECK_FALSE(versions[1].promoted);
  CHECK(bench.store().models().promoted(1).size() == 1);
}

TEST_CASE("A train job on bad data fails at once", "[jobs]") {
  JobBench bench;
  RunningWorker worker(bench);
  jobs::TrainParameters parameters;
  parameters.options = {{"target", "y"}, {"numeric", "a"}};
  const store::Job job = bench.wait_for_end(
      bench.submit("train", "", jobs::to_json(parameters), "a,y\n1,0\nx,1\n2,0\n3,1\n"));
  CHECK(job.status == JobStatus::failed);
  REQUIRE(job.failures.size() == 1);
  CHECK(job.failures[0].reason.find("body:3: column 'a'") == 0);
}

TEST_CASE("One worker thread runs the jobs in their order", "[jobs]") {
  JobBench bench;
  std::vector<std::string> ids;
  for (int i = 0; i < 8; ++i) ids.push_back(bench.submit_predict(kPeople));
  RunningWorker worker(bench);
  for (const std::string& id : ids) CHECK(bench.wait_for_end(id).status == JobStatus::succeeded);
  worker.stop();
  const std::string log = worker.log.text();
  std::size_t before = 0;
  for (const std::string& id : ids) {
    const std::size_t place = log.find(id);
    REQUIRE(place != std::string::npos);
    CHECK(place >= before);
    before = place;
  }
}

TEST_CASE("A store that nobody has made is waited for, not made", "[jobs]") {
  JobBench bench;
  RunningWorker worker(bench);
  {
    RunningWorker another(bench);
    another.stop();
    CHECK_FALSE(std::filesystem::exists(bench.path()));
  }
  CHECK(bench.wait_for_end(bench.submit_predict(kPeople)).status == JobStatus::succeeded);
}

TEST_CASE("A worker that was never started can be stopped", "[jobs]") {
  JobBench bench;
  testing::LogInMemory log;
  const auto store = bench.other({});
  jobs::Worker worker(*store, {}, log.log);
  worker.stop();
  CHECK_FALSE(std::filesystem::exists(bench.path()));
}
