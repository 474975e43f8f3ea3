#pragma once

#include <mutex>
#include <vector>

#include "store/change.hpp"

namespace mlserve::store {

/// Those whom one feed tells. All calls may run on several threads at once.
class Listeners {
 public:
  void add(ChangeListener listener);

  /// Tells all who have not heard it yet that news may have been missed. A feed calls it when it
  /// hears what happens from now on.
  void greet();
  /// All are to be greeted again: the feed has been deaf for a while.
  void forget_greetings();

  void tell(const Change& change);

 private:
  struct Listener {
    ChangeListener tell;
    bool greeted = false;
  };

  std::mutex mutex_;
  std::vector<Listener> listeners_;
};

}  // namespace mlserve::store
