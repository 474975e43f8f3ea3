#pragma once

#include "jobs/held_job.hpp"
#include "jobs/model_exchange.hpp"
#include "jobs/work_done.hpp"
#include "pipeline/prediction_stream.hpp"
#include "store/job_store.hpp"

namespace mlserve::jobs {

/// Scores the body of a held job with the model it is pinned to. The result is JSON Lines, as
/// `predict --format jsonl` writes them; the summary is {"rows":…,"warnings":{…}}, the warnings as
/// the route writes them. A bad row is Error(invalid_data) that names its place.
WorkDone run_predict_job(store::JobStore& jobs, ModelCache& models, HeldJob& held,
                         unsigned threads);

/// The result of a predict job that succeeded, in the format wanted. `jobs` outlives the stream.
pipeline::PredictionStream open_predictions(store::JobStore& jobs, const store::Job& job,
                                            pipeline::FileFormat format);

}  // namespace mlserve::jobs
