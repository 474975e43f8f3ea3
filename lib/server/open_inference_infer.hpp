#pragma once

#include <cstddef>

#include "server/http.hpp"
#include "server/served_model.hpp"

namespace mlserve::server::open_inference {

/// What POST …/infer answers: the outputs that the request names, or `predict`. Errors are in the
/// protocol's shape, with everything that is wrong listed under "errors" beside "error": 400 for a
/// body that is no good, 413 for more than `max_rows` rows, 415 for other media types and for
/// binary tensors, 504 after the deadline.
Response infer(const Request& request, const ServedModel& served, std::size_t max_rows);

}  // namespace mlserve::server::open_inference
