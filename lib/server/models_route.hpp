#pragma once

#include "server/http.hpp"
#include "server/service.hpp"

namespace mlserve::server {

/// GET /models: name, version and checksum of the version of each model that serves, with all
/// versions that can be asked for, and the aliases.
Response answer_models(const Service& service);

/// GET /models/{name}, of a model or an alias: schema, columns and metrics of the version that
/// serves, or of `?version=`, with the versions and aliases there are. If-None-Match gives 304.
Response answer_model(const Service& service, const Request& request);

/// GET /models/{name}/versions/{version}: what one version is, which never changes; the ETag is the
/// model's checksum.
Response answer_model_version(const Service& service, const Request& request);

}  // namespace mlserve::server
