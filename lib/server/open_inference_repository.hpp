#pragma once

#include <vector>

#include "server/http.hpp"
#include "server/model_registry.hpp"

namespace mlserve::server {

/// The model repository extension of the Open Inference Protocol, as Triton and MLServer have it:
/// the index of models, load and unload. All of Scope::admin. Handlers keep a reference to
/// `models`.
std::vector<Route> open_inference_repository_routes(ModelRegistry& models);

}  // namespace mlserve::server
