#include "metrics/ranking.hpp"

#include <algorithm>
#include <cassert>
#include <cmath>

namespace mlserve::metrics {
namespace {

struct RankedRow {
  double score;
  double weight;
  bool positive;
};

}  // namespace

std::vector<CutPoint> cut_points(const ClassScores& scores, std::size_t of_class) {
  assert(of_class < scores.classes);
  std::vector<RankedRow> rows;
  rows.reserve(scores.size());
  for (std::size_t row = 0; row < scores.size(); ++row) {
    if (scores.weight(row) == 0) continue;
    const double score = scores.probability(row, of_class);
    if (std::isnan(score)) return {};
    rows.push_back({score, scores.weight(row), scores.label(row) == of_class});
  }
  std::sort(rows.begin(), rows.end(),
            [](const RankedRow& a, const RankedRow& b) { return a.score > b.score; });

  std::vector<CutPoint> points;
  double true_positives = 0;
  double false_positives = 0;
  for (const RankedRow& row : rows) {
    (row.positive ? true_positives : false_positives) += row.weight;
    if (points.empty() || points.back().score != row.score) points.push_back({row.score, 0, 0});
    points.back().true_positives = true_positives;
    points.back().false_positives = false_positives;
  }
  return points;
}

// Trapezoids in units of weight, so that whole weights give exact sums.
double roc_auc(std::span<const CutPoint> points) {
  double twice_area = 0;
  CutPoint last{};
  for (const CutPoint& point : points) {
    twice_area += (point.false_positives - last.false_positives) *
                  (point.true_positives + last.true_positives);
    last = point;
  }
  return twice_area / 2 / (last.true_positives * last.false_positives);
}

double pr_auc(std::span<const CutPoint> points) {
  double area = 0;
  CutPoint last{};
  for (const CutPoint& point : points) {
    const double precision = point.true_positives / (point.true_positives + point.false_positives);
    area += (point.true_positives - last.true_positives) * precision;
    last = point;
  }
  return area / last.true_positives;
}

}  // namespace mlserve::metrics
