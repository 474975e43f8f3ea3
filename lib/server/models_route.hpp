#pragma once

#include <string_view>

#include "server/http.hpp"
#include "server/model_registry.hpp"

namespace mlserve::server {

/// GET /models: name, version and checksum of each model.
Response answer_models(const ModelRegistry& models);

/// GET /models/{name}: schema, columns, metrics and versions. The ETag is the model's checksum;
/// If-None-Match gives 304.
Response answer_model(const ModelRegistry& models, const Request& request);

Response no_such_model(std::string_view name);

}  // namespace mlserve::server
