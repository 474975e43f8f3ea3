#pragma once

#include "server/http.hpp"
#include "server/service.hpp"

namespace mlserve::server {

// POST /models/{name}?target=…&features=…&promote=false: a job that trains on the CSV in the body.
// The query has the options of `train` by their names; they are looked at before there is a job.

Outcome train_collected(const Service& service, const RouteOptions& options, Request request);
Response train_streamed(const Service& service, const RouteOptions& options, const Request& request,
                        BodyReader& body);

/// POST /schema?target=…: what would be inferred of the CSV in the body, as `train --dry-run
/// --json`; without a target its columns.
Response answer_schema(const Request& request, BodyReader& body);

}  // namespace mlserve::server
