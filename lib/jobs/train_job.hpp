#pragma once

#include "jobs/held_job.hpp"
#include "jobs/work_done.hpp"
#include "store/job_store.hpp"
#include "store/model_store.hpp"

namespace mlserve::jobs {

/// Trains on the CSV body of a held job and publishes the model, which becomes the next version of
/// `Job::model` when the job is finished. The result is what `train --json` prints; the summary is
/// {"rows":…,"model":…,"checksum":…}.
WorkDone run_train_job(store::JobStore& jobs, store::ModelStore& models, HeldJob& held,
                       unsigned threads);

}  // namespace mlserve::jobs
