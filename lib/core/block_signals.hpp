#pragma once

#include <csignal>
#include <pthread.h>

namespace mlserve {

/// For a thread that writes for others: it is interrupted by nothing, and a pipe whose reader has
/// gone is an error of the write, not the end of the process.
inline void block_signals() {
  sigset_t all;
  sigfillset(&all);
  pthread_sigmask(SIG_BLOCK, &all, nullptr);
}

}  // namespace mlserve
