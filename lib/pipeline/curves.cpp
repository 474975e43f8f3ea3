#include "pipeline/curves.hpp"

#include <algorithm>

#include "metrics/ranking.hpp"

namespace mlserve::pipeline {
namespace {

constexpr std::size_t kMostCurves = 8;

}  // namespace

std::vector<ClassCurves> class_curves(const metrics::ClassScores& scores, std::size_t most_points) {
  std::vector<ClassCurves> all;
  const std::size_t first = scores.classes == 2 ? 1 : 0;
  const std::size_t end = std::min(scores.classes, kMostCurves);
  for (std::size_t k = first; k < end; ++k) {
    const std::vector<metrics::CutPoint> points = metrics::cut_points(scores, k);
    if (points.empty()) continue;
    all.push_back({k, metrics::thinned(metrics::roc_curve(points), most_points),
                   metrics::thinned(metrics::precision_recall_curve(points), most_points),
                   metrics::roc_auc(points), metrics::pr_auc(points)});
  }
  return all;
}

std::vector<PredictedNumber> sampled_predictions(const ScoredTargets& scored, std::size_t most) {
  std::vector<PredictedNumber> sample;
  const std::size_t step = std::max<std::size_t>(1, (scored.targets.size() + most - 1) / most);
  for (std::size_t i = 0; i < scored.targets.size(); i += step) {
    sample.push_back({scored.scores.row(i)[0], scored.targets[i]});
  }
  return sample;
}

}  // namespace mlserve::pipeline
