#pragma once

#include <optional>
#include <string>
#include <vector>

#include "store/job.hpp"

namespace mlserve::server {

/// "/jobs/{id}".
std::string job_path(const store::Job& job);

/// {"id":…,"status":…,"position":…,"links":…}: what a client gets for a new job.
std::string submitted_json(const store::Job& job);

/// The whole job: what is not known yet is null, moments are RFC 3339, progress is in per cent.
/// `position` is there only while it is queued, `summary` when the worker has left one.
std::string job_json(const store::Job& job);

/// {"jobs":[…],"next":…}; `next` is the cursor of the jobs that follow, or null. Listed jobs have
/// no errors and failures, which JobStore::list leaves out.
std::string jobs_json(const std::vector<store::Job>& jobs, const std::optional<std::string>& next);

}  // namespace mlserve::server
