#pragma once

#include <array>
#include <atomic>
#include <cstddef>
#include <mutex>

namespace mlserve::server {

/// The number of the calling thread, by which it finds its shard.
inline std::size_t thread_number() noexcept {
  static std::atomic<std::size_t> threads = 0;
  thread_local const std::size_t number = threads.fetch_add(1, std::memory_order_relaxed);
  return number;
}

/// Several T, which together are one, for what is written all the time and read now and then:
/// each thread writes into one of its own as long as there are enough, so threads neither wait for
/// one another nor share cache lines. One lock that nobody else wants costs less than an atomic
/// addition for each of the numbers behind it. All calls may run on several threads at once.
template <class T>
class Shards {
 public:
  /// Calls `write` with a T that is the caller's meanwhile. It waits only when every one is taken.
  template <class Write>
  void write(Write&& write) {
    const std::size_t own = thread_number();
    for (std::size_t i = 0; i < kShards; ++i) {
      Shard& shard = shards_[(own + i) % kShards];
      const std::unique_lock lock(shard.mutex, std::try_to_lock);
      if (lock) return write(shard.value);
    }
    Shard& shard = shards_[own % kShards];
    const std::lock_guard lock(shard.mutex);
    write(shard.value);
  }

  /// Calls `visit` with each T in turn, which nobody writes meanwhile. What has been written is in
  /// one of them.
  template <class Visit>
  void each(Visit&& visit) {
    for (Shard& shard : shards_) {
      const std::lock_guard lock(shard.mutex);
      visit(shard.value);
    }
  }

 private:
  static constexpr std::size_t kShards = 16;

  struct alignas(64) Shard {
    std::mutex mutex;  ///< guards value
    T value;
  };

  std::array<Shard, kShards> shards_;
};

}  // namespace mlserve::server
