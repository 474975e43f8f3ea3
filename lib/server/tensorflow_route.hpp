#pragma once

#include <vector>

#include "server/http.hpp"
#include "server/service.hpp"

namespace mlserve::server {

/// TensorFlow Serving's REST API, which KServe v1 and Vertex AI share: GET /v1/models and
/// /v1/models/{name}[/versions/{version}|/labels/{label}][/metadata], POST the same with :predict,
/// :classify or :regress, as PROTOCOLS.md has them. Handlers keep a reference to `service`.
std::vector<Route> tensorflow_routes(const Service& service, const RouteOptions& options);

/// The paths that Vertex AI has chosen for :predict and the status of the model, if it has. They go
/// before all others: one may be /predict.
std::vector<Route> vertex_routes(const Service& service, const RouteOptions& options);

}  // namespace mlserve::server
