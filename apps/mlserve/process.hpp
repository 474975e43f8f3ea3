#pragma once

#include <chrono>
#include <csignal>
#include <optional>
#include <string>

namespace mlserve::app {

/// The signals that mean something to a program that runs until it is told to stop, taken one at a
/// time by `wait` instead of interrupting any thread. Made before other threads, which inherit the
/// mask.
class Signals {
 public:
  Signals();

  /// SIGINT, SIGTERM or SIGHUP, whichever comes next.
  int wait() const;

  /// The same, if one comes within `time`.
  std::optional<int> wait_for(std::chrono::milliseconds time) const;

  /// The next SIGINT or SIGTERM ends the process at once.
  void restore() const;

 private:
  sigset_t set_{};
};

/// The path of the executable that runs.
std::string own_program();

/// Many clients need more files than the usual soft limit allows.
void raise_file_limit();

}  // namespace mlserve::app
