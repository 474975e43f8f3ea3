#pragma once

#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string>

#include "features/nan_tokens.hpp"
#include "server/model_registry.hpp"
#include "store/job_store.hpp"

namespace mlserve::server {

class JobService;

/// What the handlers answer from; outlives them.
struct Service {
  Service() = default;
  /// What happens to the models is told to `log`, which outlives the service.
  explicit Service(Log& log) : models(&log) {}

  ModelRegistry models;
  JobService* jobs = nullptr;          ///< borrowed; null: there are no jobs, nor routes for them
  std::atomic<bool> draining = false;  ///< set before the transport stops: /readyz answers 503
};

struct RouteOptions {
  std::size_t max_body_bytes = std::size_t{32} << 20;  ///< of a body to predict; 413 above
  std::size_t sync_limit = 10'000;  ///< rows that are answered at once; a job or 413 above
  std::uint64_t max_job_bytes = std::uint64_t{16} << 30;  ///< of the body of a job; 413 above
  store::QueueLimits queue;                               ///< 429 above
  std::chrono::milliseconds result_ttl{24 * 3'600'000};   ///< of what a client cancels
  bool allow_training = false;                            ///< POST /models/{name}; 403 without
  bool admin = false;     ///< routes of Scope::admin answer: for the OpenAPI document
  bool api_keys = false;  ///< clients show a key: the same
  /// In the JSON of other people's protocols; POST /predict never takes them.
  features::NanTokens nan_tokens = features::NanTokens::refuse;
  std::string vertex_predict_route;  ///< whole path of a POST; empty: none
  std::string vertex_health_route;   ///< the same of a GET
};

}  // namespace mlserve::server
