#pragma once

#include <atomic>
#include <chrono>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

#include "core/log.hpp"
#include "core/uuid.hpp"
#include "jobs/bell.hpp"
#include "jobs/parameters.hpp"
#include "jobs/worker.hpp"
#include "model/model_file.hpp"
#include "store/store.hpp"
#include "support/controlled_database.hpp"
#include "support/made_models.hpp"
#include "support/memory_stream.hpp"
#include "support/temporary_folder.hpp"

namespace mlserve::testing {

/// A log whose lines a test can read.
class LogInMemory {
 public:
  /// When nobody logs any more.
  std::string text() { return stream_.text(); }
  /// How often `part` stands there.
  int count(std::string_view part) {
    int found = 0;
    const std::string all = text();
    for (std::size_t at = all.find(part); at != std::string::npos; at = all.find(part, at + 1))
      ++found;
    return found;
  }

 private:
  MemoryStream stream_;

 public:
  Log log{stream_.get(), LogLevel::info, LogFormat::text};
};

/// A store in a folder of its own, jobs to put into it, and news of them.
class JobBench {
 public:
  JobBench() = default;
  ~JobBench() {
    if (watched_) store_->database().stop_watching();
  }
  JobBench(const JobBench&) = delete;
  JobBench& operator=(const JobBench&) = delete;

  std::string url() const { return "sqlite:" + path(); }
  std::string path() const { return folder_.file("jobs.db"); }

  /// The side of the clients.
  store::Store& store() {
    if (!store_) store_ = store::open_store(url());
    return *store_;
  }

  /// Another connection to the same file, for a worker, with a hook or another clock.
  std::unique_ptr<store::Store> other(ControlledDatabase::Hook hook,
                                      std::chrono::milliseconds clock_shift = {}) const {
    auto database = store::open_database(url(), {clock_shift, std::chrono::seconds(5)});
    if (!hook) return std::make_unique<store::Store>(std::move(database));
    return std::make_unique<store::Store>(
        std::make_unique<ControlledDatabase>(std::move(database), std::move(hook)));
  }

  /// The id of a new job of small_model, in JSON.
  std::string submit_predict(std::string_view body,
                             const jobs::PredictParameters& parameters = {}) {
    const std::string text = model::to_text(small_model());
    const std::string checksum = model::checksum_in(text);
    store().models().publish(checksum, text);
    return submit(std::string(jobs::kPredict), checksum, jobs::to_json(parameters), body);
  }

  std::string submit(const std::string& kind, const std::string& checksum,
                     const std::string& parameters, std::string_view body) {
    store::NewJob job;
    job.id = make_uuid();
    job.kind = kind;
    job.model = "m";
    job.model_checksum = checksum;
    job.parameters = parameters;
    job.body = body;
    return store().jobs().submit(job, {}).job.id;
  }

  store::Job job(const std::string& id) { return *store().jobs().find(id); }

  /// The job as soon as `done(job)` holds, or as it is after half a minute.
  template <class Done>
  store::Job wait_until(const std::string& id, Done done) {
    watch();
    const auto latest = std::chrono::steady_clock::now() + std::chrono::seconds(30);
    for (;;) {
      const std::uint64_t seen = news_.rings();
      store::Job now = job(id);
      if (done(now) || std::chrono::steady_clock::now() > latest) return now;
      news_.wait_until(seen, latest);
    }
  }
  store::Job wait_for_end(const std::string& id) {
    return wait_until(id, [](const store::Job& job) { return has_ended(job.status); });
  }
  store::Job wait_for(const std::string& id, store::JobStatus status) {
    return wait_until(id, [status](const store::Job& job) { return job.status == status; });
  }

  std::string result(const store::Job& job) {
    std::string text;
    for (std::int64_t number = 0;; ++number) {
      const auto piece = store().jobs().read_piece(job.result, number);
      if (!piece) return text;
      text += *piece;
    }
  }

 private:
  void watch() {
    if (std::exchange(watched_, true)) return;
    store().database().watch([this](const store::Change&) { news_.ring_all(); });
  }

  TemporaryFolder folder_;
  jobs::Bell news_;
  std::unique_ptr<store::Store> store_;
  bool watched_ = false;
};

/// What is held up until it is opened.
class Gate {
 public:
  void open() {
    is_open_ = true;
    is_open_.notify_all();
  }
  void pass() const { is_open_.wait(false); }

 private:
  std::atomic<bool> is_open_ = false;
};

}  // namespace mlserve::testing
