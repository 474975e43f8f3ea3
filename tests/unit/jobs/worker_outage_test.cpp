#include <atomic>
#include <chrono>
#include <memory>
#include <string>
#include <string_view>
#include <thread>

#include "support/catch_shim.hpp"

#include "core/error.hpp"
#include "jobs/worker.hpp"
#include "support/job_bench.hpp"

// Workers whose work, lease or store is disturbed.

using namespace mlserve;
using namespace std::chrono_literals;
using store::JobStatus;
using testing::Gate;
using testing::JobBench;

namespace {

constexpr std::string_view kPeople = R"([{"age":22,"sex":"male"}])";

bool has(std::string_view sql, std::string_view part) {
  return sql.find(part) != std::string_view::npos;
}

/// A worker whose jobs are held up at a gate after they were claimed, where their model is read.
class HeldUpWorker {
 public:
  explicit HeldUpWorker(const JobBench& bench, jobs::WorkerOptions options = {})
      : store_(bench.other([this](std::string_view sql) {
          if (has(sql, testing::kModelSql)) {
            arrival.open();
            gate.pass();
          }
          if (has(sql, testing::kRenewSql)) renewal.open();
        })),
        worker_(*store_, std::move(options), log.log) {
    worker_.start();
  }
  ~HeldUpWorker() { gate.open(); }
  HeldUpWorker(const HeldUpWorker&) = delete;
  HeldUpWorker& operator=(const HeldUpWorker&) = delete;

  void stop() { worker_.stop(); }

  Gate gate;
  Gate arrival;  ///< opens itself when a job is at the gate
  Gate renewal;  ///< opens itself with the first
  testing::LogInMemory log;

 private:
  std::unique_ptr<store::Store> store_;
  jobs::Worker worker_;
};

/// Has no news.
class SilentDatabase final : public testing::ControlledDatabase {
 public:
  using ControlledDatabase::ControlledDatabase;
  void watch(store::ChangeListener /*listener*/) override {}
};

}  // namespace

TEST_CASE("Two jobs run at once where two may", "[jobs]") {
  JobBench bench;
  jobs::WorkerOptions options;
  options.concurrency = 2;
  HeldUpWorker worker(bench, options);
  const std::string first = bench.submit_predict(kPeople);
  const std::string second = bench.submit_predict(kPeople);
  CHECK(bench.wait_for(first, JobStatus::running).status == JobStatus::running);
  CHECK(bench.wait_for(second, JobStatus::running).status == JobStatus::running);
  worker.gate.open();
  CHECK(bench.wait_for_end(first).status == JobStatus::succeeded);
  CHECK(bench.wait_for_end(second).status == JobStatus::succeeded);
}

TEST_CASE("A queued job that was cancelled never runs", "[jobs]") {
  JobBench bench;
  HeldUpWorker worker(bench);
  const std::string running = bench.submit_predict(kPeople);
  bench.wait_for(running, JobStatus::running);
  const std::string queued = bench.submit_predict(kPeople);
  bench.store().jobs().cancel(queued, 1h);
  worker.gate.open();
  CHECK(bench.wait_for_end(running).status == JobStatus::succeeded);
  worker.stop();
  CHECK(bench.job(queued).status == JobStatus::cancelled);
  CHECK(bench.job(queued).attempts == 0);
  CHECK(worker.log.count(queued) == 0);
}

TEST_CASE("A running job that was cancelled leaves nothing", "[jobs]") {
  JobBench bench;
  HeldUpWorker worker(bench);
  const std::string id = bench.submit_predict(kPeople);
  bench.wait_for(id, JobStatus::running);
  bench.store().jobs().cancel(id, 1h);
  worker.renewal.pass();  // long before it is due: the news of the end makes the worker ask
  worker.gate.open();
  worker.stop();
  const store::Job job = bench.job(id);
  CHECK(job.status == JobStatus::cancelled);
  CHECK(job.result.empty());
  CHECK(worker.log.count("job lost") == 1);
}

TEST_CASE("An attempt that has lost its lease can finish nothing", "[jobs]") {
  JobBench bench;
  HeldUpWorker worker(bench);
  const std::string id = bench.submit_predict(kPeople);
  const store::Job first = bench.wait_for(id, JobStatus::running);
  // By this clock the lease is over long ago.
  const auto later = bench.other({}, 1h);
  later->jobs().reclaim({});
  const auto second = later->jobs().claim({"second", make_uuid()});
  REQUIRE(second);
  CHECK(second->attempts == 2);
  CHECK(second->token != first.token);
  worker.gate.open();
  worker.stop();
  CHECK(worker.log.count("job lost") == 1);
  CHECK(bench.job(id).status == JobStatus::running);
  const store::Attempt attempt{id, second->token};
  REQUIRE(later->jobs().append_result(attempt, 0, "of the second"));
  REQUIRE(later->jobs().finish(attempt, store::JobResult()));
  CHECK(bench.result(bench.job(id)) == "of the second");
}

TEST_CASE("A worker that stops hands back what it has not finished", "[jobs]") {
  JobBench bench;
  jobs::WorkerOptions options;
  options.drain = 0ms;
  HeldUpWorker worker(bench, options);
  const std::string id = bench.submit_predict(kPeople);
  bench.wait_for(id, JobStatus::running);
  std::thread stopping([&] { worker.stop(); });
  const store::Job job = bench.wait_for(id, JobStatus::queued);
  CHECK(job.status == JobStatus::queued);
  CHECK(job.attempts == 0);
  worker.gate.open();
  stopping.join();
  CHECK(bench.job(id).status == JobStatus::queued);
  CHECK(worker.log.count("job handed back") == 1);
}

TEST_CASE("A worker that stops lets a running job end", "[jobs]") {
  JobBench bench;
  HeldUpWorker worker(bench);
  const std::string id = bench.submit_predict(kPeople);
  worker.arrival.pass();  // a job that is claimed in the moment of the stop goes back
  std::thread stopping([&] { worker.stop(); });
  worker.gate.open();
  stopping.join();
  CHECK(bench.job(id).status == JobStatus::succeeded);
}

TEST_CASE("A store that is gone for a while costs no attempt", "[jobs]") {
  JobBench bench;
  const std::string id = bench.submit_predict(kPeople);
  const std::string_view step =
      GENERATE(testing::kClaimSql, testing::kModelSql, testing::kReadPieceSql,
               testing::kAddPieceSql, testing::kFinishSql);
  constexpr int kRefusals = 3;
  std::atomic<int> refusals = 0;
  const auto store = bench.other([&](std::string_view sql) {
    if (refusals == 0 && !has(sql, step)) return;
    if (refusals >= kRefusals) return;
    ++refusals;
    throw Error(ErrorKind::unavailable, "gone for a while");
  });
  testing::LogInMemory log;
  jobs::Worker worker(*store, {}, log.log);
  worker.start();
  const store::Job job = bench.wait_for_end(id);
  worker.stop();
  CHECK(job.status == JobStatus::succeeded);
  CHECK(job.attempts == 1);
  CHECK(job.failures.empty());
  CHECK(refusals >= kRefusals);
  CHECK(log.count("the store is not to be had") >= 1);
  CHECK(log.count("the store is not to be had") < kRefusals);  // not at each try
  CHECK(log.count("job succeeded") == 1);
}

TEST_CASE("A claim whose answer was lost costs no attempt", "[jobs]") {
  JobBench bench;
  const std::string id = bench.submit_predict(kPeople);
  std::atomic<bool> lost = false;
  const auto store = bench.other([&](std::string_view sql) {
    thread_local bool claims = false;  // the keeper commits, too
    claims = claims || has(sql, testing::kClaimSql);
    if (claims && sql == testing::kCommitted && !lost.exchange(true))
      throw Error(ErrorKind::unavailable, "the answer was lost");
  });
  testing::LogInMemory log;
  jobs::Worker worker(*store, {}, log.log);
  worker.start();
  const store::Job job = bench.wait_for_end(id);
  worker.stop();
  CHECK(lost);
  CHECK(job.status == JobStatus::succeeded);
  CHECK(job.attempts == 1);
}

TEST_CASE("A job that no news tells of is found nevertheless", "[jobs]") {
  JobBench bench;
  bench.submit_predict(kPeople);
  std::atomic<int> looks = 0;
  Gate emptied;
  // A look holds the lock of the writers: what is submitted from then on comes too late for it.
  store::Store store(std::make_unique<SilentDatabase>(
      store::open_database(bench.url()), [&](std::string_view sql) {
        if (has(sql, testing::kClaimSql) && ++looks == 2) emptied.open();
      }));
  testing::LogInMemory log;
  jobs::WorkerOptions options;
  options.lease = 1s;
  jobs::Worker worker(store, options, log.log);
  worker.start();
  emptied.pass();
  const std::string id = bench.submit_predict(kPeople);
  CHECK(bench.wait_for_end(id).status == JobStatus::succeeded);
}

TEST_CASE("What another attempt may mend is tried again, and then fails", "[jobs]") {
  JobBench bench;
  const std::string id = bench.submit_predict(kPeople);
  const auto store = bench.other([](std::string_view sql) {
    if (has(sql, testing::kModelSql)) throw Error(ErrorKind::internal, "the machine is tired");
  });
  testing::LogInMemory log;
  jobs::WorkerOptions options;
  options.max_attempts = 2;
  jobs::Worker worker(*store, options, log.log);
  worker.start();
  const store::Job job = bench.wait_for_end(id);
  worker.stop();
  CHECK(job.status == JobStatus::failed);
  REQUIRE(job.failures.size() == 2);
  CHECK(job.failures[1].reason == "the machine is tired");
  CHECK(log.count("job to be tried again") == 1);
  CHECK(log.count("job failed") == 1);
}

TEST_CASE("A worker that stops does not wait for a store that is gone", "[jobs]") {
  JobBench bench;
  const std::string id = bench.submit_predict(kPeople);
  const std::string_view step = GENERATE(testing::kModelSql, testing::kFinishSql);
  std::atomic<bool> gone = false;
  Gate work_met_it;
  const auto store = bench.other([&](std::string_view sql) {
    if (has(sql, step)) gone = true;
    if (gone) work_met_it.open();
    if (gone) throw Error(ErrorKind::unavailable, "gone for good");
  });
  testing::LogInMemory log;
  jobs::WorkerOptions options;
  options.drain = 0ms;
  jobs::Worker worker(*store, options, log.log);
  worker.start();
  work_met_it.pass();
  worker.stop();
  CHECK_FALSE(worker.is_ready());
  CHECK(bench.job(id).status == JobStatus::running);  // until its lease runs out
  CHECK(log.count("job left") == 1);
}
