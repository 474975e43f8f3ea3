#pragma once

#include <functional>
#include <string>

#include "server/error_shape.hpp"
#include "server/http.hpp"
#include "server/service.hpp"

namespace mlserve::server {

/// What a protocol makes of a request, its body whole, and the model that is asked. What it throws
/// is answered by prediction_error.
using ProtocolAnswer = std::function<Response(const Request&, const ServedModel&)>;

/// A protocol's POST to `pattern`, whose {name}, {version} and {label} choose the model. It never
/// becomes a job: what is larger than `options` allow gets 413, in the protocol's shape as all
/// errors. Keeps a reference to `service`.
Route prediction_route(const Service& service, const RouteOptions& options, ErrorShape shape,
                       std::string pattern, ProtocolAnswer answer);

/// The deadline of a request is for its answer: the time that its body took, from `begin` until
/// now, does not count.
SteadyTime deadline_after_body(const Request& request, SteadyTime begin);

}  // namespace mlserve::server
