#include "server/executor.hpp"

#include <algorithm>
#include <tuple>
#include <utility>

namespace mlserve::server {

Executor::Executor(unsigned threads, std::size_t capacity, std::size_t max_request_bytes)
    : capacity_(capacity), request_memory_(max_request_bytes) {
  threads_.reserve(threads);
  for (unsigned i = threads; i > 0; --i) threads_.emplace_back([this] { work(); });
}

Executor::~Executor() { stop(); }

bool Executor::post(Task task) {
  {
    const std::lock_guard lock(mutex_);
    if (stopped_ || posted_.size() >= capacity_) return false;
    posted_.push_back(std::move(task));
  }
  changed_.notify_one();
  return true;
}

void Executor::post_at(SteadyTime due, Task task) {
  {
    const std::lock_guard lock(mutex_);
    if (stopped_) return;
    timers_.push_back({due, timer_count_++, std::move(task)});
    std::ranges::push_heap(timers_, later);
  }
  changed_.notify_one();
}

void Executor::stop() {
  drop_waiting();
  changed_.notify_all();
  for (std::thread& thread : threads_) thread.join();
  threads_.clear();
}

// They are destroyed after the lock is released: what they hold may post as it goes.
void Executor::drop_waiting() {
  std::deque<Task> posted;
  std::vector<Timer> timers;
  const std::lock_guard lock(mutex_);
  stopped_ = true;
  posted.swap(posted_);
  timers.swap(timers_);
}

bool Executor::later(const Timer& a, const Timer& b) noexcept {
  return std::tie(a.due, a.number) > std::tie(b.due, b.number);
}

void Executor::work() {
  while (const Task task = take()) {
    try {
      task();
    } catch (...) {  // a task answers for its errors itself: what escapes is our mistake
    }
  }
}

// Waits for a task that can begin. Empty when there will be none.
Executor::Task Executor::take() {
  std::unique_lock lock(mutex_);
  for (;;) {
    if (stopped_) return {};
    Task task = take_timer();
    if (!task) task = take_posted();
    if (task) {
      // The others may have slept without an eye on the timers, which was this thread's duty.
      if (!timers_.empty()) changed_.notify_one();
      return task;
    }
    wait(lock);
  }
}

Executor::Task Executor::take_timer() {
  if (timers_.empty() || timers_.front().due > std::chrono::steady_clock::now()) return {};
  std::ranges::pop_heap(timers_, later);
  Task task = std::move(timers_.back().task);
  timers_.pop_back();
  return task;
}

Executor::Task Executor::take_posted() {
  if (posted_.empty()) return {};
  Task task = std::move(posted_.front());
  posted_.pop_front();
  return task;
}

void Executor::wait(std::unique_lock<std::mutex>& lock) {
  if (timers_.empty()) {
    changed_.wait(lock);
  } else {
    const SteadyTime due = timers_.front().due;  // the heap may change meanwhile
    changed_.wait_until(lock, due);
  }
}

}  // namespace mlserve::server
