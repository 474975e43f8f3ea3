#pragma once

#include <cstdlib>
#include <filesystem>
#include <functional>
#include <optional>
#include <string>

namespace mlserve::app {

/// Which settings of `serve` its user has chosen, by options, their variables or a file.
struct ChosenSettings {
  bool address = false;
  bool model = false;
};

/// What the platform wants that runs this container. Its own proxy is in front, so it is listened
/// on all addresses.
struct Platform {
  int port = 8080;
  std::optional<std::string> model;
  std::string predict_route;  ///< whole path that Vertex AI posts to; "": none
  std::string health_route;   ///< the same that it gets
};

/// The value of a variable, null without it.
using Environment = std::function<const char*(const char* name)>;

/// Vertex AI by AIP_HTTP_PORT, unless an address was chosen; SageMaker by its folder, unless an
/// address or a model was chosen: the port is SAGEMAKER_BIND_TO_PORT if that is set, the model the
/// model.json there or the only .json file. None elsewhere.
///
/// Throws Error(invalid_argument) for a variable that is no port, Error(not_found) when SageMaker's
/// folder has no model.
std::optional<Platform> find_platform(
    const ChosenSettings& chosen, const Environment& environment = std::getenv,
    const std::filesystem::path& sagemaker_folder = "/opt/ml/model");

}  // namespace mlserve::app
