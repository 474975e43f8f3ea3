#pragma once

#include "server/error_shape.hpp"
#include "server/http.hpp"
#include "server/service.hpp"

namespace mlserve::server {

/// The model that a path names by its {name} and, if it has them, {version} or {label}; without
/// {name} the one that answers by default. Null if it is not here.
ModelRegistry::Handle model_for(const Service& service, const Request& request);

/// The answer when `model_for` gave null: 404, or 503 + Retry-After when no model is loaded and
/// none was named.
Response no_model(ErrorShape shape, const Service& service, const Request& request);

}  // namespace mlserve::server
