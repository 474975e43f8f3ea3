#pragma once

#include "server/http.hpp"
#include "server/service.hpp"

namespace mlserve::server {

/// GET /v1/models, as KServe has it: {"models": [name…]}.
Response answer_tensorflow_models(const Service& service, const Request& request);

/// GET /v1/models/{name}: the members of TensorFlow Serving and of KServe beside each other; 503
/// while the server drains.
Response answer_tensorflow_status(const Service& service, const Request& request);

/// GET …/metadata: inputs and outputs of each signature with their types.
Response answer_tensorflow_metadata(const Service& service, const Request& request);

}  // namespace mlserve::server
