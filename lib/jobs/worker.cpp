#include "jobs/worker.hpp"

#include <algorithm>
#include <array>
#include <chrono>
#include <cmath>
#include <string>
#include <sys/resource.h>
#include <unistd.h>
#include <utility>

#include "core/backoff.hpp"
#include "core/number.hpp"
#include "core/uuid.hpp"
#include "jobs/attempt.hpp"

namespace mlserve::jobs {
namespace {

using std::chrono::steady_clock;

/// Of a thread beside those of a server: these come first where processors are scarce.
constexpr int kLowPriority = 10;

std::string host_and_process() {
  std::array<char, 256> host{};
  if (::gethostname(host.data(), host.size() - 1) != 0) host[0] = '\0';
  return std::string(host.data()) + ":" + std::to_string(::getpid());
}

WorkerOptions with_name(WorkerOptions options) {
  if (options.name.empty()) options.name = host_and_process();
  return options;
}

std::string seconds(std::chrono::duration<double, std::milli> duration) {
  return format_double(std::round(duration.count()) / 1000);
}

}  // namespace

void Worker::News::take(const store::Change& change) {
  switch (change.kind) {
    case store::Change::Kind::queued:
      for_runners.ring();
      [[fallthrough]];  // a job of ours whose lease ran out
    case store::Change::Kind::ended:
      if (held_jobs.works_on(change.job)) for_keeper.ring_all();
      break;
    case store::Change::Kind::unknown:
      for_runners.ring_all();
      for_keeper.ring_all();
      break;
    default:
      break;
  }
}

Worker::Worker(store::Store& store, WorkerOptions options, Log& log)
    : store_(store),
      options_(with_name(std::move(options))),
      log_(log),
      outage_(log),
      models_(store.models()) {}

Worker::~Worker() { stop(); }

void Worker::start() {
  store_.database().watch([news = news_](const store::Change& change) { news->take(change); });
  keeper_.emplace(store_, options_, news_->for_keeper, news_->held_jobs, outage_);
  for (unsigned i = 0; i < options_.concurrency; ++i) runners_.emplace_back([this] { run(); });
}

void Worker::stop() {
  news_->for_runners.stop();
  if (!news_->held_jobs.wait_for_none(options_.drain)) {
    const std::vector<std::shared_ptr<HeldJob>> unfinished = news_->held_jobs.all();
    for (const std::shared_ptr<HeldJob>& held : unfinished) held->end(HeldJob::End::stopped);
    for (const std::shared_ptr<HeldJob>& held : unfinished) {
      if (!held->is_finishing()) give_back(store_.jobs(), *held);
    }
  }
  for (std::thread& runner : runners_) runner.join();
  runners_.clear();
  keeper_.reset();
}

void Worker::run() {
  if (options_.low_priority) ::setpriority(PRIO_PROCESS, 0, kLowPriority);  // this thread's
  Bell& bell = news_->for_runners;
  Backoff backoff;
  std::string unanswered;  // a claim's token
  while (!bell.stopped()) {
    const std::uint64_t seen = bell.rings();
    try {
      if (std::optional<store::Job> job = claim(unanswered)) {
        work_off(*std::move(job));
      } else {
        // News is no promise: on PostgreSQL a claim passes over a job that another worker has
        // locked, and when that one dies before its commit, nobody tells that the job is still
        // there.
        bell.wait_until(seen, steady_clock::now() + options_.lease / 3);
      }
      backoff.succeeded();
    } catch (const std::exception& error) {  // of the claim: work_off throws nothing
      outage_.begin(error);
      bell.pause(backoff.failed());
    }
  }
}

// A claim that fails may have got a job nevertheless: its token is kept to ask for it.
std::optional<store::Job> Worker::claim(std::string& unanswered) {
  if (!store_.database().exists()) return std::nullopt;  // whoever submits makes it, and it is news
  const bool again = !unanswered.empty();
  if (!again) unanswered = make_uuid();
  std::optional<store::Job> job =
      store_.jobs().claim({options_.name, unanswered, options_.lease, again});
  unanswered.clear();
  outage_.end();
  return job;
}

void Worker::work_off(store::Job job) {
  const auto begin = steady_clock::now();
  const auto held = std::make_shared<HeldJob>(std::move(job), outage_);
  news_->held_jobs.add(held);
  // Claimed while `stop` looked for what is held: it has not seen this one.
  if (news_->for_runners.stopped()) held->end(HeldJob::End::stopped);
  if (options_.observer.begun) options_.observer.begun(held->job());
  const AttemptReport report = run_attempt(store_, models_, *held, options_);
  news_->held_jobs.remove(*held);
  const auto duration = steady_clock::now() - begin;
  if (options_.observer.ended) options_.observer.ended(held->job(), report.status, duration);
  log_.info("job " + report.status,
            {{"job", held->job().id},
             {"kind", held->job().kind},
             {"attempt", std::to_string(held->job().attempts)},
             {"seconds", seconds(duration)},
             {report.reason.empty() ? "rows" : "reason",
              report.reason.empty() ? std::to_string(report.rows) : report.reason}});
}

}  // namespace mlserve::jobs
