#include "jobs/held_job.hpp"

#include <algorithm>

namespace mlserve::jobs {

Progress HeldJob::progress() {
  return [this](double share) {
    share_ = share;
    require_held();
  };
}

void HeldJob::end(End why) {
  {
    const std::lock_guard lock(mutex_);
    End none = End::none;
    end_.compare_exchange_strong(none, why);
  }
  end_came_.notify_all();
}

HeldJob::End HeldJob::ended() const { return end_; }

void HeldJob::require_held() const {
  if (end_ == End::lost) throw AttemptEnded("the lease was lost or the job was cancelled");
  if (end_ == End::stopped) throw AttemptEnded("the worker stops");
}

void HeldJob::pause(std::chrono::milliseconds duration) {
  std::unique_lock lock(mutex_);
  end_came_.wait_for(lock, duration, [&] { return end_ != End::none; });
}

void HeldJobs::add(const std::shared_ptr<HeldJob>& held) {
  const std::lock_guard lock(mutex_);
  by_token_.emplace(held->job().token, held);
}

void HeldJobs::remove(const HeldJob& held) {
  {
    const std::lock_guard lock(mutex_);
    by_token_.erase(held.job().token);
  }
  removed_.notify_all();
}

std::vector<std::shared_ptr<HeldJob>> HeldJobs::all() const {
  const std::lock_guard lock(mutex_);
  std::vector<std::shared_ptr<HeldJob>> all;
  for (const auto& [token, held] : by_token_) all.push_back(held);
  return all;
}

bool HeldJobs::works_on(const std::string& job) const {
  const std::lock_guard lock(mutex_);
  return std::any_of(by_token_.begin(), by_token_.end(), [&](const auto& entry) {
    return entry.second->job().id == job && !entry.second->is_finishing();
  });
}

bool HeldJobs::wait_for_none(std::chrono::milliseconds duration) {
  std::unique_lock lock(mutex_);
  return removed_.wait_for(lock, duration, [&] { return by_token_.empty(); });
}

}  // namespace mlserve::jobs
