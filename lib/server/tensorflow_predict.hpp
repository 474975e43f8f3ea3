#pragma once

#include "server/http.hpp"
#include "server/served_model.hpp"
#include "server/service.hpp"

namespace mlserve::server {

// What POST /v1/models/… answers, by verb. They throw what prediction_error knows.

/// :predict — {"instances": …} gives {"predictions": …}, {"inputs": …} gives {"outputs": …}.
Response answer_tensorflow_predict(const Request& request, const ServedModel& served,
                                   const RouteOptions& options);

/// :classify — {"examples": […], "context": …} gives {"results": …}, of each row a list of [label,
/// score].
Response answer_tensorflow_classify(const Request& request, const ServedModel& served,
                                    const RouteOptions& options);

/// :regress — the same with a number for each row.
Response answer_tensorflow_regress(const Request& request, const ServedModel& served,
                                   const RouteOptions& options);

}  // namespace mlserve::server
