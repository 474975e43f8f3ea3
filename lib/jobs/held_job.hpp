#pragma once

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <memory>
#include <mutex>
#include <string>
#include <unordered_map>
#include <vector>

#include "core/backoff.hpp"
#include "core/error.hpp"
#include "core/progress.hpp"
#include "jobs/outage.hpp"
#include "store/job_store.hpp"

namespace mlserve::jobs {

/// The attempt was ended from outside: whatever works for it gives up.
class AttemptEnded : public Error {
 public:
  explicit AttemptEnded(const std::string& message) : Error(ErrorKind::conflict, message) {}
};

/// A job that this worker holds, from its claim to the end of the attempt. One thread works for it;
/// `end` and the questions may come from any.
class HeldJob {
 public:
  enum class End {
    none,
    lost,    ///< the lease ran out or the job was cancelled: nothing can be written any more
    stopped  ///< the worker stops: the job is to be handed back
  };

  /// `outage` outlives it.
  HeldJob(store::Job job, Outage& outage) : job_(std::move(job)), outage_(outage) {}

  const store::Job& job() const noexcept { return job_; }
  store::Attempt attempt() const { return {job_.id, job_.token}; }

  /// Of the work, 0 to 1.
  double share() const noexcept { return share_; }
  /// Tells the share; throws AttemptEnded to stop the work. The job outlives it.
  Progress progress();

  /// The first end stays.
  void end(End why);
  End ended() const;
  void require_held() const;

  /// Set before the attempt's last word to the store: news of its end is then no surprise.
  void set_finishing() noexcept { finishing_ = true; }
  bool is_finishing() const noexcept { return finishing_; }

  /// What `call` returns; it is repeated as long as the store is unavailable and the attempt not
  /// ended, else throws AttemptEnded.
  template <class Call>
  auto patiently(Call call) {
    for (Backoff backoff;;) {
      require_held();
      try {
        return call();
      } catch (const Error& error) {
        if (error.kind() != ErrorKind::unavailable) throw;
        outage_.begin(error);
      }
      pause(backoff.failed());
    }
  }

 private:
  void pause(std::chrono::milliseconds duration);

  const store::Job job_;
  Outage& outage_;
  std::atomic<double> share_ = 0;
  std::atomic<bool> finishing_ = false;
  std::atomic<End> end_ = End::none;
  std::mutex mutex_;  ///< of `end_came_`
  std::condition_variable end_came_;
};

/// The jobs that a worker holds. All calls may run on several threads at once.
class HeldJobs {
 public:
  void add(const std::shared_ptr<HeldJob>& held);
  void remove(const HeldJob& held);
  std::vector<std::shared_ptr<HeldJob>> all() const;
  /// Whether it is held and works on.
  bool works_on(const std::string& job) const;
  /// Whether none was held any more before `duration` was over.
  bool wait_for_none(std::chrono::milliseconds duration);

 private:
  mutable std::mutex mutex_;  ///< guards the rest
  std::condition_variable removed_;
  std::unordered_map<std::string, std::shared_ptr<HeldJob>> by_token_;
};

}  // namespace mlserve::jobs
