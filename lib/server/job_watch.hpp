#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>

#include "server/executor.hpp"
#include "store/store.hpp"

namespace mlserve::server {

/// Tells those who wait for a job when there is something new to see: who waits costs nothing
/// while nothing happens. All calls may run on several threads at once.
class JobWatch {
 public:
  /// Called on any thread: short, never throwing, never touching the store. May be called more
  /// often than needed; not any more when its Subscription is gone, but for a call that runs.
  using Alarm = std::function<void()>;

  class Subscription;

  /// Watches the store, on its own thread. Both outlive the watch.
  JobWatch(store::Store& store, Executor& executor);
  /// Ends all watching of the store.
  ~JobWatch();

  JobWatch(const JobWatch&) = delete;
  JobWatch& operator=(const JobWatch&) = delete;

  /// The alarm is called when the job `id` has ended. Look at the job afterwards, lest it has ended
  /// before.
  [[nodiscard]] Subscription on_end(std::string id, Alarm alarm);

  /// The alarm is called when any job was queued, was claimed or has ended.
  [[nodiscard]] Subscription on_change(Alarm alarm);

 private:
  class Waiting;
  void observe(const store::Change& change);

  store::Store& store_;
  Executor& executor_;
  std::shared_ptr<Waiting> waiting_;
};

/// An alarm for as long as it lives; may outlive the watch.
class JobWatch::Subscription {
 public:
  Subscription() = default;
  Subscription(std::weak_ptr<Waiting> waiting, std::string id, std::uint64_t number);
  ~Subscription() { cancel(); }
  Subscription(Subscription&& other) noexcept;
  Subscription& operator=(Subscription&& other) noexcept;

 private:
  void cancel() noexcept;

  std::weak_ptr<Waiting> waiting_;
  std::string id_;
  std::uint64_t number_ = 0;
};

}  // namespace mlserve::server
