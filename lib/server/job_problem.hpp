#pragma once

#include <functional>
#include <optional>
#include <string_view>

#include "server/http.hpp"
#include "server/job_service.hpp"
#include "store/store.hpp"

namespace mlserve::server {

/// What `work` answers. An Error of it becomes problem details: 429 for a full queue, 422 for an
/// Idempotency-Key of another request, 503 when the store cannot be had (429 and 503 with
/// Retry-After), the rest as in problem.hpp. Why it cannot be had is for the log alone: that has
/// hosts, users, paths and SQL in it.
Response answer_with_store(JobService& jobs, const std::function<Response()>& work);

/// None for an id that is not known. A store that was never used has no jobs, and asking for one
/// does not make it. Throws as JobStore.
std::optional<store::Job> find_job(store::Store& store, std::string_view id);

/// 404.
Response no_such_job(std::string_view id);

}  // namespace mlserve::server
