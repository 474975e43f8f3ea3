#include "pipeline/measure.hpp"

#include "metrics/deviance.hpp"
#include "metrics/named.hpp"

namespace mlserve::pipeline {

using features::Task;

void ScoredTargets::append(const ScoredTargets& more) {
  scores.width = more.scores.width;
  targets.insert(targets.end(), more.targets.begin(), more.targets.end());
  scores.values.insert(scores.values.end(), more.scores.values.begin(), more.scores.values.end());
  weights.insert(weights.end(), more.weights.begin(), more.weights.end());
}

metrics::ClassScores class_scores(const features::Target& target, const ScoredTargets& scored) {
  return {scored.targets, scored.scores.values, target.classes.size(), scored.weights};
}

metrics::NumberScores number_scores(const ScoredTargets& scored) {
  return {scored.targets, scored.scores.values, scored.weights};
}

metrics::Family family_of(Task task) {
  return task == Task::count ? metrics::Family::poisson : metrics::Family::gaussian;
}

Measures measure(const features::Target& target, const ScoredTargets& scored, double threshold) {
  Measures measures;
  if (target.task == Task::classification) {
    const auto details = metrics::evaluate_classes(class_scores(target, scored), threshold);
    measures.named = metrics::named(details);
    measures.details = details;
  } else {
    const auto details = metrics::evaluate_numbers(number_scores(scored), family_of(target.task));
    measures.named = metrics::named(details);
    measures.details = details;
  }
  return measures;
}

std::vector<std::string> metric_names(const features::Target& target) {
  std::vector<std::string> names;
  for (const auto& [name, value] : measure(target, {}, 0.5).named) names.push_back(name);
  return names;
}

double mean_loss(const features::Target& target, const ScoredTargets& scored) {
  if (target.task == Task::classification) return metrics::log_loss(class_scores(target, scored));
  const metrics::NumberScores scores = number_scores(scored);
  return metrics::deviance(scores, family_of(target.task)) / metrics::total_weight(scores);
}

}  // namespace mlserve::pipeline
