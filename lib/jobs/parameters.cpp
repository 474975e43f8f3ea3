#include "jobs/parameters.hpp"

#include <nlohmann/json.hpp>

#include "core/error.hpp"
#include "model/bounded_json.hpp"
#include "pipeline/set_option.hpp"

namespace mlserve::jobs {
namespace {

using Json = nlohmann::json;

constexpr int kMaxDepth = 8;

/// What `read` makes of the JSON.
template <class Read>
auto parsed(const std::string& text, Read read) {
  try {
    return read(model::parse_bounded<Json>(text, kMaxDepth));
  } catch (const Json::exception&) {
    throw Error(ErrorKind::corrupt, "the parameters of the job make no sense");
  }
}

}  // namespace

std::string to_json(const PredictParameters& parameters) {
  return Json{{"format", pipeline::format_name(parameters.format)},
              {"probabilities", parameters.probabilities},
              {"explain", parameters.explain}}
      .dump();
}

std::string to_json(const TrainParameters& parameters) {
  return Json{{"options", parameters.options}, {"promote", parameters.promote}}.dump();
}

PredictParameters predict_parameters(const std::string& json) {
  return parsed(json, [](const Json& values) {
    const auto format = pipeline::parse_format(values.at("format").get<std::string>());
    if (!format) throw Error(ErrorKind::corrupt, "the job's body has a format that is not known");
    return PredictParameters{*format, values.at("probabilities").get<bool>(),
                             values.at("explain").get<bool>()};
  });
}

TrainParameters train_parameters(const std::string& json) {
  return parsed(json, [](const Json& values) {
    TrainParameters parameters;
    values.at("options").get_to(parameters.options);
    values.at("promote").get_to(parameters.promote);
    return parameters;
  });
}

pipeline::TrainOptions train_options(const TrainParameters& parameters) {
  pipeline::TrainOptions options;
  for (const auto& [name, value] : parameters.options) pipeline::set_option(options, name, value);
  return options;
}

}  // namespace mlserve::jobs
