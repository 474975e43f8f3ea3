#include "metrics/threshold.hpp"

#include <numeric>
#include <vector>

#include "core/error.hpp"
#include "metrics/ranking.hpp"

namespace mlserve::metrics {
namespace {

/// What the rule wants large, times a constant of the data. Whole weights give equal values for
/// what is equally good: quotients of whole numbers, and no sum of quotients.
double goodness(const CutPoint& point, const CutPoint& all, ThresholdRule rule) {
  if (rule == ThresholdRule::f1) {
    return point.true_positives /
           (point.true_positives + point.false_positives + all.true_positives);
  }
  return point.true_positives * all.false_positives - point.false_positives * all.true_positives;
}

/// A number in [below, score), halfway where there is one.
double between(double below, double score) {
  const double middle = std::midpoint(below, score);
  return middle < score ? middle : below;
}

}  // namespace

double best_threshold(const ClassScores& scores, ThresholdRule rule) {
  if (scores.classes != 2) {
    throw Error(ErrorKind::invalid_argument, "a threshold is for two classes");
  }
  const std::vector<CutPoint> points = cut_points(scores);
  if (points.empty() || points.back().true_positives == 0 || points.back().false_positives == 0) {
    throw Error(ErrorKind::invalid_data,
                "no threshold can be chosen: it takes rows of both classes and probabilities that "
                "are numbers");
  }
  const CutPoint& all = points.back();
  double best = goodness(CutPoint{}, all, rule);  // of taking none for class 1
  double threshold = std::midpoint(points.front().score, 1.0);
  for (std::size_t i = 0; i < points.size(); ++i) {
    const double below = i + 1 < points.size() ? points[i + 1].score : 0.0;
    if (points[i].score <= below) break;  // a probability of 0 is never above a threshold
    const double here = goodness(points[i], all, rule);
    if (here >= best) {
      best = here;
      threshold = between(below, points[i].score);
    }
  }
  return threshold;
}

}  // namespace mlserve::metrics
