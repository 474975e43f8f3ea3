#pragma once

#include <cstddef>

#include "server/http.hpp"
#include "server/served_model.hpp"

namespace mlserve::server::open_inference {

/// What POST …/infer answers: the outputs that the request names, or `predict`. A body
/// that is no good gets 400, with everything that is wrong under "errors" beside "error". Throws
/// Refusal(415) for other media types and for binary tensors, and as json_body and Prediction do.
Response infer(const Request& request, const ServedModel& served, std::size_t max_rows);

}  // namespace mlserve::server::open_inference
