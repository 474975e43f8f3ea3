#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "pipeline/row_reader.hpp"
#include "pipeline/train_options.hpp"

namespace mlserve::jobs {

/// What `store::Job::kind` may be.
inline constexpr std::string_view kPredict = "predict";
inline constexpr std::string_view kTrain = "train";

/// `store::Job::parameters` of a job that predicts.
struct PredictParameters {
  pipeline::FileFormat format = pipeline::FileFormat::json;  ///< of the body
  bool probabilities = false;
  bool explain = false;
};

/// `store::Job::parameters` of a job that trains on a CSV body.
struct TrainParameters {
  std::vector<std::pair<std::string, std::string>> options;  ///< by name, as pipeline::set_option
  bool promote = true;  ///< servers answer with the model from the job's end on
};

std::string to_json(const PredictParameters& parameters);
std::string to_json(const TrainParameters& parameters);

/// Throw Error(corrupt) for a text that `to_json` did not make.
PredictParameters predict_parameters(const std::string& json);
TrainParameters train_parameters(const std::string& json);

/// Throws Error(invalid_argument) as pipeline::set_option: before a job is submitted, too.
pipeline::TrainOptions train_options(const TrainParameters& parameters);

}  // namespace mlserve::jobs
