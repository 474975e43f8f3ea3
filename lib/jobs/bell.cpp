#include "jobs/bell.hpp"

namespace mlserve::jobs {

std::uint64_t Bell::rings() const {
  const std::lock_guard lock(mutex_);
  return rings_;
}

void Bell::ring() {
  {
    const std::lock_guard lock(mutex_);
    ++rings_;
  }
  rung_.notify_one();
}

void Bell::ring_all() {
  {
    const std::lock_guard lock(mutex_);
    ++rings_;
  }
  rung_.notify_all();
}

void Bell::wait_until(std::uint64_t seen, std::chrono::steady_clock::time_point latest) {
  std::unique_lock lock(mutex_);
  rung_.wait_until(lock, latest, [&] { return has_news(seen); });
}

void Bell::pause(std::chrono::milliseconds duration) {
  std::unique_lock lock(mutex_);
  stop_came_.wait_for(lock, duration, [&] { return stopped_; });
}

void Bell::stop() {
  {
    const std::lock_guard lock(mutex_);
    stopped_ = true;
  }
  rung_.notify_all();
  stop_came_.notify_all();
}

bool Bell::stopped() const {
  const std::lock_guard lock(mutex_);
  return stopped_;
}

}  // namespace mlserve::jobs
