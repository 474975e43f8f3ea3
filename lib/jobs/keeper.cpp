#include "jobs/keeper.hpp"

#include <algorithm>

#include "core/error.hpp"

namespace mlserve::jobs {
namespace {

using std::chrono::milliseconds;
using std::chrono::steady_clock;

constexpr milliseconds kBetweenSweeps{60'000};
/// When a sweep has left something: others have their turn in between.
constexpr milliseconds kSweepGoesOn{50};
/// Who waits for a job sees how far it is at least as often, however long the lease.
constexpr milliseconds kBetweenRenewals{2'000};
/// After a look that did not reach the store.
constexpr milliseconds kReclaimAgain{1'000};

store::SweepOptions sweep_options(const WorkerOptions& options) {
  store::SweepOptions sweep;
  sweep.max_attempts = options.max_attempts;
  sweep.time_to_live = options.result_ttl;
  return sweep;
}

}  // namespace

Keeper::Keeper(store::Store& store, const WorkerOptions& options, Bell& bell, HeldJobs& held_jobs,
               Outage& outage)
    : store_(store),
      options_(options),
      bell_(bell),
      held_jobs_(held_jobs),
      outage_(outage),
      sweep_options_(sweep_options(options)),
      renewal_due_(steady_clock::now()),
      reclaim_due_(renewal_due_),
      sweep_due_(renewal_due_ + kBetweenSweeps),
      thread_([this] { run(); }) {}

Keeper::~Keeper() {
  bell_.stop();
  thread_.join();
}

void Keeper::run() {
  std::uint64_t seen = bell_.rings();
  while (!bell_.stopped()) {
    const bool rung = bell_.rings() != seen;
    seen = bell_.rings();
    if (rung || steady_clock::now() >= renewal_due_) renew_leases();
    if (steady_clock::now() >= reclaim_due_) reclaim();
    if (steady_clock::now() >= sweep_due_) sweep();
    bell_.wait_until(seen, std::min({renewal_due_, reclaim_due_, sweep_due_}));
  }
}

/// Whether the store could be asked. A SQLite file that is not there is made by whoever submits,
/// not by us.
template <class Call>
bool Keeper::try_with_store(Call call) {
  if (!store_.database().exists()) return true;
  try {
    call();
    outage_.end();
    return true;
  } catch (const std::exception& error) {  // out of memory, too: the next time it may work
    outage_.begin(error);
    return false;
  }
}

void Keeper::renew_leases() {
  for (const std::shared_ptr<HeldJob>& held : held_jobs_.all()) {
    try_with_store([&] {
      const bool holds = store_.jobs().renew(held->attempt(), held->share());
      // An attempt that has said its last word finds out by itself what has become of it.
      if (!holds && !held->is_finishing()) held->end(HeldJob::End::lost);
    });
  }
  renewal_due_ = steady_clock::now() + std::min(options_.lease / 3, kBetweenRenewals);
}

void Keeper::reclaim() {
  const bool done = try_with_store([&] { store_.jobs().reclaim(sweep_options_); });
  const milliseconds period = options_.lease / 3;
  reclaim_due_ = steady_clock::now() + (done ? period : std::min(period, kReclaimAgain));
}

void Keeper::sweep() {
  bool more = false;
  try_with_store([&] { more = store_.jobs().sweep(sweep_options_); });
  sweep_due_ = steady_clock::now() + (more ? kSweepGoesOn : kBetweenSweeps);
}

}  // namespace mlserve::jobs
