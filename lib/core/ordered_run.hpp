#pragma once

#include <condition_variable>
#include <cstdint>
#include <exception>
#include <mutex>
#include <thread>
#include <utility>
#include <vector>

namespace mlserve {

/// Runs blocks of work on several threads with the result of one thread.
///
/// Each thread owns one `Slot` and repeats: `produce(slot)` fills it with the next block (false: no
/// more), `work(slot)` computes, `consume(slot)` takes the result. `produce` calls never overlap
/// and come in order; `consume` calls never overlap and come in the order of `produce`; `work` runs
/// concurrently. At most `threads` blocks exist, so memory is constant and buffers are reused.
/// The caller's thread takes part; with `threads` <= 1 nothing is spawned.
///
/// The first exception by block number is rethrown, after every earlier block was consumed.
template <class Slot, class Produce, class Work, class Consume>
void run_ordered(unsigned threads, Produce produce, Work work, Consume consume) {
  std::mutex produce_mutex;
  std::uint64_t produced = 0;
  bool ended = false;

  std::mutex consume_mutex;
  std::condition_variable turn_came;
  std::uint64_t turn = 0;
  std::exception_ptr error;

  // Returns false when this thread has nothing more to do.
  const auto run_one = [&](Slot& slot) {
    std::uint64_t ticket = 0;
    std::exception_ptr failure;
    {
      const std::lock_guard lock(produce_mutex);
      if (ended) return false;
      try {
        if (!produce(slot)) ended = true;
      } catch (...) {
        failure = std::current_exception();
        ended = true;
      }
      if (ended && !failure) return false;
      ticket = produced++;
    }
    if (!failure) {
      try {
        work(slot);
      } catch (...) {
        failure = std::current_exception();
      }
    }
    bool stopped = false;
    {
      std::unique_lock lock(consume_mutex);
      turn_came.wait(lock, [&] { return turn == ticket; });
      if (!error && !failure) {
        try {
          consume(slot);
        } catch (...) {
          failure = std::current_exception();
        }
      }
      if (!error && failure) error = failure;
      stopped = error != nullptr;
      ++turn;
    }
    turn_came.notify_all();
    if (stopped) {
      const std::lock_guard lock(produce_mutex);
      ended = true;
    }
    return !stopped;
  };
  const auto run_all = [&] {
    Slot slot;
    while (run_one(slot)) {
    }
  };

  std::vector<std::jthread> others;
  for (unsigned i = 1; i < threads; ++i) others.emplace_back(run_all);
  run_all();
  others.clear();
  if (error) std::rethrow_exception(error);
}

}  // namespace mlserve
