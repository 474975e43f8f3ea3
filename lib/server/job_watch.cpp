#include "server/job_watch.hpp"

#include <map>
#include <mutex>
#include <unordered_map>
#include <utility>
#include <vector>

#include "core/error.hpp"

namespace mlserve::server {

/// The alarms by job; "" stands for all of them.
class JobWatch::Waiting {
 public:
  std::uint64_t add(const std::string& id, Alarm alarm) {
    const std::lock_guard lock(mutex_);
    alarms_[id].emplace(++count_, std::move(alarm));
    return count_;
  }

  void remove(const std::string& id, std::uint64_t number) {
    Alarm removed;  // destroyed behind the lock, with what it holds
    const std::lock_guard lock(mutex_);
    const auto found = alarms_.find(id);
    if (found == alarms_.end()) return;
    const auto alarm = found->second.find(number);
    if (alarm == found->second.end()) return;
    removed = std::move(alarm->second);
    found->second.erase(alarm);
    if (found->second.empty()) alarms_.erase(found);
  }

  // An alarm may end subscriptions: it is called without the lock.
  void ring(const std::string& id) {
    for (const Alarm& alarm : alarms_of(id)) alarm();
  }

  /// The jobs that someone waits for.
  std::vector<std::string> jobs() {
    std::vector<std::string> ids;
    const std::lock_guard lock(mutex_);
    for (const auto& [id, alarms] : alarms_) {
      if (!id.empty()) ids.push_back(id);
    }
    return ids;
  }

 private:
  std::vector<Alarm> alarms_of(const std::string& id) {
    std::vector<Alarm> alarms;
    const std::lock_guard lock(mutex_);
    const auto found = alarms_.find(id);
    if (found == alarms_.end()) return alarms;
    for (const auto& [number, alarm] : found->second) alarms.push_back(alarm);
    return alarms;
  }

  std::mutex mutex_;
  std::unordered_map<std::string, std::map<std::uint64_t, Alarm>> alarms_;
  std::uint64_t count_ = 0;
};

namespace {

/// Those of `ids` that nobody needs to wait for. A store that is lost just now has something
/// unknown to tell as soon as it is back.
std::vector<std::string> ended_jobs(store::JobStore& jobs, const std::vector<std::string>& ids) {
  try {
    return jobs.ended(ids);
  } catch (const Error&) {
    return {};
  }
}

}  // namespace

JobWatch::JobWatch(store::Store& store, Executor& executor)
    : store_(store), executor_(executor), waiting_(std::make_shared<Waiting>()) {
  store_.database().watch([this](const store::Change& change) { observe(change); });
}

JobWatch::~JobWatch() { store_.database().stop_watching(); }

JobWatch::Subscription JobWatch::on_end(std::string id, Alarm alarm) {
  const std::uint64_t number = waiting_->add(id, std::move(alarm));
  return {waiting_, std::move(id), number};
}

JobWatch::Subscription JobWatch::on_change(Alarm alarm) { return on_end("", std::move(alarm)); }

void JobWatch::observe(const store::Change& change) {
  using Kind = store::Change::Kind;
  if (change.kind == Kind::models) return;
  waiting_->ring("");
  if (change.kind == Kind::ended) waiting_->ring(change.job);
  if (change.kind != Kind::unknown) return;
  std::vector<std::string> ids = waiting_->jobs();
  if (ids.empty()) return;
  executor_.post_at(std::chrono::steady_clock::now(),
                    [&jobs = store_.jobs(), waiting = waiting_, ids = std::move(ids)] {
                      for (const std::string& id : ended_jobs(jobs, ids)) waiting->ring(id);
                    });
}

JobWatch::Subscription::Subscription(std::weak_ptr<Waiting> waiting, std::string id,
                                     std::uint64_t number)
    : waiting_(std::move(waiting)), id_(std::move(id)), number_(number) {}

JobWatch::Subscription::Subscription(Subscription&& other) noexcept
    : waiting_(std::move(other.waiting_)),
      id_(std::move(other.id_)),
      number_(std::exchange(other.number_, 0)) {}

JobWatch::Subscription& JobWatch::Subscription::operator=(Subscription&& other) noexcept {
  if (this == &other) return *this;
  cancel();
  waiting_ = std::move(other.waiting_);
  id_ = std::move(other.id_);
  number_ = std::exchange(other.number_, 0);
  return *this;
}

void JobWatch::Subscription::cancel() noexcept {
  if (number_ == 0) return;
  if (const auto waiting = waiting_.lock()) waiting->remove(id_, number_);
}

}  // namespace mlserve::server
