#pragma once

#include "server/http.hpp"
#include "server/served_model.hpp"

namespace mlserve::server {

/// POST /predict: a JSON list of records, one record, NDJSON or CSV by Content-Type; answers
/// {"prediction":[…]} in the order of the rows. `?probabilities=true` adds the probability of each
/// class, `?warnings=true` counts of missing, unknown and out-of-range values by feature.
///
/// Problem details with every error at once: 400 for what cannot be parsed, 422 for records that
/// make no sense, 415 and 406 for other media types, 503 for a null `served`, 504 after the
/// deadline.
Response answer_predict(const Request& request, const ModelRegistry::Handle& served);

}  // namespace mlserve::server
