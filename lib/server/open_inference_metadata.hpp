#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "features/schema.hpp"
#include "server/open_inference_request.hpp"
#include "server/served_model.hpp"

namespace mlserve::server::open_inference {

/// Datatype of the values of a feature, and of an output. Others are taken, too.
std::string_view datatype_of(const features::Feature& feature);
std::string_view datatype_of(Output output, const features::Target& target);

/// What GET /v2/models/{model} answers, as JSON. `versions` are those that can be asked for.
std::string model_metadata(const ServedModel& served, const std::vector<std::string>& versions);

/// What GET /v2 answers, as JSON.
std::string server_metadata(const std::vector<std::string>& extensions);

}  // namespace mlserve::server::open_inference
