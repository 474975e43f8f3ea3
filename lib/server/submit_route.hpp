#pragma once

#include "server/http.hpp"
#include "server/service.hpp"

namespace mlserve::server {

// POST /predict and POST /models/{name}/predict. What is asked for with `Prefer: respond-async`
// becomes a job. Up to `sync_limit` rows are answered at once; more become a job for a client that
// says by `Prefer: wait=…` that it can wait, else they get 413 with that hint.

/// A body that is there already.
Outcome predict_collected(const Service& service, const RouteOptions& options, Request request);

/// A large body: to the store in pieces, or collected up to `max_body_bytes`.
Response predict_streamed(const Service& service, const RouteOptions& options,
                          const Request& request, BodyReader& body);

}  // namespace mlserve::server
