#pragma once

#include "server/http.hpp"
#include "server/job_service.hpp"
#include "server/service.hpp"

namespace mlserve::server {

// Routes of jobs. The store is asked on the executor, the connection parked meanwhile.

/// GET /jobs/{id}: the job as it is; with ?wait=20 or Prefer: wait=20 (up to 60 s) as soon as it
/// has ended, at the latest after that time.
Outcome answer_job(JobService& jobs, Request request);

/// DELETE /jobs/{id}: ends a queued or running job, and answers with it.
Outcome cancel_job(JobService& jobs, const RouteOptions& options, Request request);

/// POST /jobs/{id}/retry: a failed or cancelled job goes to the end of the queue.
Outcome retry_job(JobService& jobs, const RouteOptions& options, Request request);

/// GET /jobs?status=&limit=&cursor=&wait=: latest first, for clients on this machine (is_local).
/// With `wait` as soon as any job changes, at the latest after that time; with If-None-Match beside
/// it at once when the list is another one than that: no change between two requests is missed.
Outcome list_jobs(JobService& jobs, Request request);

}  // namespace mlserve::server
