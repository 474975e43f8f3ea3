#pragma once

#include <string>
#include <variant>
#include <vector>

#include "features/schema.hpp"
#include "metrics/classification.hpp"
#include "metrics/regression.hpp"
#include "metrics/scores.hpp"
#include "model/model.hpp"
#include "model/scores.hpp"

namespace mlserve::pipeline {

/// Rows with what they are and what a model says of them.
struct ScoredTargets {
  std::vector<double> targets;  ///< index of the class, or the number
  model::Scores scores;
  std::vector<double> weights;  ///< empty: 1 each

  void append(const ScoredTargets& more);
};

/// How good a model is on some rows, by its task.
struct Measures {
  std::variant<metrics::ClassificationMetrics, metrics::RegressionMetrics> details;
  model::NamedNumbers named;  ///< metrics::named of them
};

/// `threshold` is for two classes.
Measures measure(const features::Target& target, const ScoredTargets& scored, double threshold);

/// Names of the metrics that `measure` gives, in their order.
std::vector<std::string> metric_names(const features::Target& target);

/// The vectors as the functions of `metrics` take them.
metrics::ClassScores class_scores(const features::Target& target, const ScoredTargets& scored);
metrics::NumberScores number_scores(const ScoredTargets& scored);

/// How the numbers of the task are distributed about their predictions.
metrics::Family family_of(features::Task task);

/// What a search makes small: the mean log loss, or of numbers the mean deviance.
double mean_loss(const features::Target& target, const ScoredTargets& scored);

}  // namespace mlserve::pipeline
