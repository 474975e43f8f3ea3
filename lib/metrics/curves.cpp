#include "metrics/curves.hpp"

#include <cassert>
#include <cmath>
#include <limits>

namespace mlserve::metrics {
namespace {

constexpr double kInfinity = std::numeric_limits<double>::infinity();

/// Neither rate changes its step at `middle`. Steps of unequal length on one line keep their
/// points: scikit-learn's rule.
bool evenly_between(const CutPoint& before, const CutPoint& middle, const CutPoint& after) {
  return after.true_positives - middle.true_positives ==
             middle.true_positives - before.true_positives &&
         after.false_positives - middle.false_positives ==
             middle.false_positives - before.false_positives;
}

double distance(const CurvePoint& a, const CurvePoint& b) {
  return std::abs(a.x - b.x) + std::abs(a.y - b.y);
}

}  // namespace

std::vector<CurvePoint> roc_curve(std::span<const CutPoint> points) {
  if (points.empty()) return {};
  const CutPoint& all = points.back();
  const auto rates = [&](const CutPoint& point, double threshold) -> CurvePoint {
    return {point.false_positives / all.false_positives, point.true_positives / all.true_positives,
            threshold};
  };
  std::vector<CurvePoint> curve{rates(CutPoint{}, kInfinity)};
  for (std::size_t i = 0; i < points.size(); ++i) {
    const bool inner = i > 0 && i + 1 < points.size();
    if (inner && evenly_between(points[i - 1], points[i], points[i + 1])) continue;
    curve.push_back(rates(points[i], points[i].score));
  }
  return curve;
}

std::vector<CurvePoint> precision_recall_curve(std::span<const CutPoint> points) {
  if (points.empty()) return {};
  const double positives = points.back().true_positives;
  std::vector<CurvePoint> curve;
  curve.reserve(points.size() + 1);
  for (auto point = points.rbegin(); point != points.rend(); ++point) {
    const double recall = positives == 0 ? 1.0 : point->true_positives / positives;
    const double precision =
        point->true_positives / (point->true_positives + point->false_positives);
    curve.push_back({recall, precision, point->score});
  }
  curve.push_back({0, 1, kInfinity});
  return curve;
}

std::vector<CurvePoint> thinned(std::span<const CurvePoint> curve, std::size_t most) {
  assert(most >= 2);
  if (curve.size() <= most) return {curve.begin(), curve.end()};
  double length = 0;
  for (std::size_t i = 1; i < curve.size(); ++i) length += distance(curve[i - 1], curve[i]);

  // The way is cut into most - 1 steps; the first point in each but the last is kept.
  const double steps = static_cast<double>(most - 1);
  std::vector<CurvePoint> kept{curve.front()};
  double way = 0;
  double step = 0;
  for (std::size_t i = 1; i + 1 < curve.size() && kept.size() + 1 < most; ++i) {
    way += distance(curve[i - 1], curve[i]);
    const double here = std::floor(way / length * steps);
    if (here > step) {
      kept.push_back(curve[i]);
      step = here;
    }
  }
  kept.push_back(curve.back());
  return kept;
}

}  // namespace mlserve::metrics
