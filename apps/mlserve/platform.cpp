#include "mlserve/platform.hpp"

#include <string_view>
#include <system_error>
#include <vector>

#include "core/error.hpp"
#include "core/number.hpp"
#include "core/text.hpp"

namespace mlserve::app {
namespace {

namespace fs = std::filesystem;

std::string variable(const Environment& environment, const char* name) {
  const char* const value = environment(name);
  return value == nullptr ? "" : value;
}

/// None when the variable is not set.
std::optional<int> port_variable(const Environment& environment, const char* name) {
  const std::string text = variable(environment, name);
  if (text.empty()) return std::nullopt;
  // parse_integer takes signs and blanks, too.
  const bool digits = text.find_first_not_of("0123456789") == std::string::npos;
  const auto port = digits ? parse_integer(text) : std::nullopt;
  if (port && *port <= 65535) return static_cast<int>(*port);
  throw Error(ErrorKind::invalid_argument,
              std::string(name) + ": \"" + shown(text) + "\" is no TCP port");
}

std::string model_in(const fs::path& folder) {
  std::vector<std::string> files;
  std::error_code failed;
  for (const fs::directory_entry& entry : fs::directory_iterator(folder, failed)) {
    if (entry.path().filename() == "model.json") return entry.path().string();
    if (entry.path().extension() == ".json") files.push_back(entry.path().string());
  }
  if (files.size() == 1) return files.front();
  throw Error(ErrorKind::not_found, shown(folder.string(), 200) +
                                        ": no model.json there, nor just one other .json file; "
                                        "choose a model with --model");
}

Platform vertex(int port, const Environment& environment) {
  return {port, std::nullopt, variable(environment, "AIP_PREDICT_ROUTE"),
          variable(environment, "AIP_HEALTH_ROUTE")};
}

Platform sagemaker(const fs::path& folder, const Environment& environment) {
  Platform platform;
  if (const auto port = port_variable(environment, "SAGEMAKER_BIND_TO_PORT")) platform.port = *port;
  platform.model = model_in(folder);
  return platform;
}

}  // namespace

std::optional<Platform> find_platform(const ChosenSettings& chosen, const Environment& environment,
                                      const fs::path& sagemaker_folder) {
  if (chosen.address) return std::nullopt;
  if (const auto port = port_variable(environment, "AIP_HTTP_PORT")) {
    return vertex(*port, environment);
  }
  std::error_code ignored;
  if (chosen.model || !fs::is_directory(sagemaker_folder, ignored)) return std::nullopt;
  return sagemaker(sagemaker_folder, environment);
}

}  // namespace mlserve::app
