#include "server/job_census.hpp"

#include <algorithm>
#include <chrono>
#include <exception>
#include <utility>

namespace mlserve::server {
namespace {

using std::chrono::steady_clock;

/// Counting takes a hundredth of the time at most.
constexpr std::chrono::seconds kShortestTrust{5};
constexpr int kShare = 100;

/// A store that failed is asked again soon.
constexpr std::chrono::seconds kTryAgain{1};

/// A store that has not answered for so long counts as lost; one that counts slowly does not.
constexpr std::chrono::seconds kGrace{30};

}  // namespace

bool JobCensus::is_fresh(SteadyTime now) const {
  const std::lock_guard lock(mutex_);
  return now < fresh_until_;
}

void JobCensus::ask(Waker waker) {
  {
    const std::lock_guard lock(mutex_);
    waiting_.push_back(std::move(waker));
    if (std::exchange(asking_, true)) return;
  }
  // An executor that takes no more is one whose threads all wait for the store.
  if (!executor_.post([this] { run(); })) end(false, {}, steady_clock::now());
}

void JobCensus::run() {
  const SteadyTime begin = steady_clock::now();
  try {
    end(true, count(), begin);
  } catch (const std::exception&) {  // whatever it is, the next one may ask again
    end(false, {}, begin);
  }
}

JobCensus::Counts JobCensus::count() {
  if (store_.database().exists()) return store_.jobs().count_by_status();
  Counts none;  // whoever submits the first job makes the database
  for (const store::JobStatus status : store::kJobStatuses) none[status] = 0;
  return none;
}

void JobCensus::end(bool is_up, Counts counts, SteadyTime begin) {
  const SteadyTime now = steady_clock::now();
  std::vector<Waker> waiting;
  {
    const std::lock_guard lock(mutex_);
    asking_ = false;
    is_up_ = is_up;
    counts_ = std::move(counts);
    fresh_until_ =
        now + (is_up ? std::max<steady_clock::duration>(kShortestTrust, kShare * (now - begin))
                     : kTryAgain);
    waiting.swap(waiting_);
  }
  for (const Waker& waker : waiting) waker.wake();
}

void JobCensus::collect(SteadyTime now, std::vector<MetricFamily>& families) const {
  MetricFamily jobs{"mlserve_jobs", MetricKind::gauge, "Jobs in the store by their state.", {}};
  MetricFamily up{"mlserve_store_up",
                  MetricKind::gauge,
                  "Whether the store of jobs could be asked: 1 or 0.",
                  {}};
  const std::lock_guard lock(mutex_);
  const bool is_known = is_up_ && now < fresh_until_ + kGrace;
  up.samples.push_back({{}, is_known ? 1.0 : 0.0});
  if (is_known) {
    for (const auto& [status, count] : counts_) {
      jobs.samples.push_back(
          {{{"state", std::string(store::status_name(status))}}, static_cast<double>(count)});
    }
  }
  families.push_back(std::move(jobs));
  families.push_back(std::move(up));
}

}  // namespace mlserve::server
