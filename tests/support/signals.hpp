#pragma once

#include <chrono>
#include <memory>
#include <semaphore>

namespace mlserve::test {

/// Something that a test waits for and another thread does; every wait is bounded.
class Signal {
 public:
  void give() { semaphore_.release(); }
  bool wait() { return semaphore_.try_acquire_for(std::chrono::seconds(10)); }

 private:
  std::counting_semaphore<> semaphore_{0};
};

/// A value for a closure to hold; gives `destroyed` when its last copy is gone.
inline std::shared_ptr<void> token(Signal& destroyed) {
  return {nullptr, [&destroyed](void*) { destroyed.give(); }};
}

}  // namespace mlserve::test
