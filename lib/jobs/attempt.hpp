#pragma once

#include <cstdint>
#include <string>

#include "jobs/held_job.hpp"
#include "jobs/model_exchange.hpp"
#include "jobs/worker_options.hpp"
#include "store/store.hpp"

namespace mlserve::jobs {

/// How an attempt ended, for the log.
struct AttemptReport {
  std::string
      status;  ///< "succeeded", "failed", "to be tried again", "handed back", "lost", "left"
  std::string reason;      ///< of all but success
  std::uint64_t rows = 0;  ///< worked off with success
};

/// Works a held job off and tells the store how that ended. What the input or the model is to blame
/// for fails the job at once, everything else counts as an attempt; an attempt that was ended from
/// outside writes nothing more. Throws nothing but std::bad_alloc.
AttemptReport run_attempt(store::Store& store, ModelCache& models, HeldJob& held,
                          const WorkerOptions& options);

/// Gives the job back, if the store can be had; otherwise its lease will run out. Whether it was.
bool give_back(store::JobStore& jobs, const HeldJob& held);

}  // namespace mlserve::jobs
