#pragma once

#include <string>

#include "server/http.hpp"
#include "server/job_service.hpp"
#include "server/model_registry.hpp"
#include "store/job_store.hpp"

namespace mlserve::server {

/// What a route wants to have done, but for the body.
struct JobOrder {
  std::string kind;
  std::string model;             ///< name of the model that scores, or that is made
  ModelRegistry::Handle pinned;  ///< the model that scores, published and pinned; null: none
  std::string parameters;        ///< JSON
};

/// Takes `body` to the store, in pieces as it comes, and puts the job into the queue: 202 with its
/// place. What does not become a job is dropped again, also when the client goes away.
///
/// A request with an Idempotency-Key that is known answers for the job there is. Throws as
/// JobStore and `body`, and Error(invalid_argument) for a key that is none; see answer_with_store.
Response submit_job(JobService& jobs, const store::QueueLimits& limits, const Request& request,
                    const JobOrder& order, BodyReader& body);

}  // namespace mlserve::server
