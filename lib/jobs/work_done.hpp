#pragma once

#include <cstdint>

#include "store/job_store.hpp"

namespace mlserve::jobs {

/// What is left for `JobStore::finish` when the work is done and its result is appended.
struct WorkDone {
  store::JobResult result;
  std::uint64_t rows = 0;  ///< of the body, those that were used
};

}  // namespace mlserve::jobs
