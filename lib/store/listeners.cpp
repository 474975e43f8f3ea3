#include "store/listeners.hpp"

#include <utility>

namespace mlserve::store {

void Listeners::add(ChangeListener listener) {
  const std::lock_guard lock(mutex_);
  listeners_.push_back({std::move(listener)});
}

void Listeners::greet() {
  const std::lock_guard lock(mutex_);
  for (Listener& listener : listeners_) {
    if (!std::exchange(listener.greeted, true)) listener.tell({});
  }
}

void Listeners::forget_greetings() {
  const std::lock_guard lock(mutex_);
  for (Listener& listener : listeners_) listener.greeted = false;
}

void Listeners::tell(const Change& change) {
  const std::lock_guard lock(mutex_);
  for (const Listener& listener : listeners_) listener.tell(change);
}

}  // namespace mlserve::store
