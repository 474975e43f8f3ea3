#include "mlserve/protocol_options.hpp"

#include "features/nan_tokens.hpp"

namespace mlserve::app {

void add_protocol_options(CLI::App& app, server::RouteOptions& options) {
  app.add_flag_callback(
      "--accept-nan", [&options] { options.nan_tokens = features::NanTokens::accept; },
      "Take NaN, which is missing, and Infinity in the JSON of MLflow's and TensorFlow's clients");
}

}  // namespace mlserve::app
