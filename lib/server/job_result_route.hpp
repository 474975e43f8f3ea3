#pragma once

#include "server/http.hpp"
#include "server/job_service.hpp"

namespace mlserve::server {

/// GET /jobs/{id}/result: what a job that succeeded has made, piece by piece out of the store. Of
/// predictions the media type asked for: JSON, JSON Lines or CSV; of a training JSON. 409 while
/// the job has not ended, and with its error when it did otherwise, 410 when it has expired.
Outcome answer_job_result(JobService& jobs, Request request);

}  // namespace mlserve::server
