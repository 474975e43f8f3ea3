#include "pipeline/train.hpp"

#include <algorithm>
#include <utility>

#include "core/error.hpp"
#include "core/version.hpp"
#include "features/json_rows.hpp"
#include "model/scorer.hpp"
#include "pipeline/fit_model.hpp"
#include "pipeline/inference.hpp"
#include "pipeline/option_record.hpp"
#include "pipeline/splits.hpp"

namespace mlserve::pipeline {
namespace {

constexpr std::size_t kGoldenRows = 5;

/// How much of a training is done when …
constexpr double kRead = 0.5;
constexpr double kSearched = 0.7;
constexpr double kValidated = 0.85;
constexpr double kFitted = 0.95;

void add_golden_rows(const TrainingData& data, model::Model& model) {
  const model::Scorer scorer(model);
  model::Scores scores;
  scorer.score(data.rows, scores);
  for (std::size_t i = 0; i < std::min(kGoldenRows, data.rows.size()); ++i) {
    const auto row = scores.row(i);
    model.golden_rows.push_back(
        {features::record_json(model.schema, data.rows, i), {row.begin(), row.end()}});
  }
}

model::TrainingRecord training_record(const TrainingData& data, const FittedModel& fitted,
                                      const estimators::Penalty& penalty) {
  model::TrainingRecord record;
  record.rows_without_target = data.inferred.rows_without_target;
  record.rows = data.rows_with_target();
  record.data_hash = data.data_hash;
  record.mlserve_version = kVersion;
  record.created_at = data.options.created_at;
  record.options = option_record(data.options, penalty);
  record.solver = fitted.fit.solver;
  record.iterations = fitted.fit.iterations;
  record.converged = fitted.fit.converged;
  return record;
}

double threshold_of_all(const TrainingData& data, const estimators::Penalty& penalty) {
  const auto threshold = choose_threshold(data, {}, penalty);
  if (threshold) return *threshold;
  throw Error(ErrorKind::invalid_data,
              data.source + ": no threshold can be chosen on folds: a class has too few rows" +
                  (penalty.kind == estimators::PenaltyKind::none
                       ? ", or the classes are separated without a penalty"
                       : ""));
}

}  // namespace

TrainResult train(const std::vector<std::string>& paths, const TrainOptions& options) {
  return train(data::file_inputs(paths), options);
}

TrainResult train(const std::vector<data::Input>& inputs, const TrainOptions& options) {
  const Progress& progress = options.progress;
  TrainingData data = read_training_data(inputs, options, part_of(progress, 0, kRead));
  tell(progress, kRead);
  const PartWeights all = data.all();
  require_learnable(data, all);
  std::vector<Fold> parts;
  if (data.options.folds == 0 && data.options.test_size > 0)
    parts = stratified_holdout(data.strata(), data.options.test_size, data.options.seed);

  TrainResult result;
  result.search = search_penalty(data, parts, part_of(progress, kRead, kSearched));
  const estimators::Penalty penalty =
      result.search ? result.search->trials[result.search->best].penalty : data.options.penalty;
  const double threshold = threshold_of_all(data, penalty);
  result.validation = validate(data, parts, penalty, threshold, result.why_no_validation,
                               part_of(progress, kSearched, kValidated));
  tell(progress, kValidated);

  FittedModel fitted = fit_model(data, all, penalty, data.options.threads);
  tell(progress, kFitted);
  require_not_separated(data, fitted);
  fitted.model.threshold = threshold;
  add_inference(data, all, penalty, fitted);
  add_golden_rows(data, fitted.model);
  fitted.model.training = training_record(data, fitted, penalty);
  if (result.validation) {
    fitted.model.metrics = result.validation->metrics;
    fitted.model.metrics_deviations = result.validation->deviations;
  }
  result.model = std::move(fitted.model);
  result.fit_seconds = fitted.seconds;
  result.objective = fitted.fit.objective;
  result.objectives = std::move(fitted.fit.objectives);
  data.inferred.targets = {};
  result.inferred = std::move(data.inferred);
  tell(progress, 1);
  return result;
}

}  // namespace mlserve::pipeline
