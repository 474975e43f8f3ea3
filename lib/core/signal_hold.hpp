#pragma once

#include <csignal>

namespace mlserve {

/// Holds back SIGINT, SIGTERM and SIGHUP from this thread, and from those it starts, until the end
/// of the scope, so that what must be tidied up is. A signal that came meanwhile does then what it
/// does without a hold: it ends the process. `run_process` does not wait any longer for its program
/// when one has come.
class SignalHold {
 public:
  SignalHold() {
    const sigset_t held = signals();
    pthread_sigmask(SIG_BLOCK, &held, &before_);
  }
  ~SignalHold() { pthread_sigmask(SIG_SETMASK, &before_, nullptr); }
  SignalHold(const SignalHold&) = delete;
  SignalHold& operator=(const SignalHold&) = delete;

  static sigset_t signals() {
    sigset_t set;
    sigemptyset(&set);
    for (const int signal : {SIGINT, SIGTERM, SIGHUP}) sigaddset(&set, signal);
    return set;
  }

 private:
  sigset_t before_;
};

}  // namespace mlserve
