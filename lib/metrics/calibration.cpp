#include "metrics/calibration.hpp"

#include <algorithm>
#include <cassert>
#include <cmath>

#include "metrics/ranking.hpp"

namespace mlserve::metrics {
namespace {

/// The probability at a whole `position` among the rows in rising order, each as often as its
/// weight. The cut points come from the highest down.
double score_at(const std::vector<CutPoint>& points, double position) {
  const CutPoint& all = points.back();
  const double above = all.true_positives + all.false_positives - position;
  const auto found = std::lower_bound(points.begin(), points.end() - 1, above,
                                      [](const CutPoint& point, double rows) {
                                        return point.true_positives + point.false_positives < rows;
                                      });
  return found->score;
}

/// As numpy.percentile, which counts from 0 to rows - 1.
double quantile(const std::vector<CutPoint>& points, double share) {
  const CutPoint& all = points.back();
  const double position = share * (all.true_positives + all.false_positives - 1);
  const double below = std::max(0.0, std::floor(position));
  return std::lerp(score_at(points, below), score_at(points, below + 1),
                   std::max(0.0, position - below));
}

/// The ends of the bins, one more than bins.
std::vector<double> edges(const std::vector<CutPoint>& points, BinRule rule, std::size_t bins) {
  std::vector<double> result;
  for (std::size_t i = 0; i <= bins; ++i) {
    // By a product, as numpy.linspace does it: a probability may lie on an edge.
    const double share = i == bins ? 1.0 : static_cast<double>(i) * (1 / static_cast<double>(bins));
    result.push_back(rule == BinRule::equal_width ? share : quantile(points, share));
  }
  return result;
}

}  // namespace

// All rows of one probability fall into one bin, so the cut points are all that is needed.
std::vector<CalibrationBin> calibration_table(const ClassScores& scores, std::size_t of_class,
                                              BinRule rule, std::size_t bins) {
  assert(bins > 0);
  const std::vector<CutPoint> points = cut_points(scores, of_class);
  if (points.empty()) return {};
  const std::vector<double> ends = edges(points, rule, bins);

  std::vector<CalibrationBin> table;
  for (std::size_t i = 0; i < bins; ++i) table.push_back({ends[i], ends[i + 1], 0, 0, 0});
  CutPoint last{};
  for (const CutPoint& point : points) {
    const auto inner = std::lower_bound(ends.begin() + 1, ends.end() - 1, point.score);
    CalibrationBin& bin = table[static_cast<std::size_t>(inner - ends.begin()) - 1];
    const double positives = point.true_positives - last.true_positives;
    const double rows = positives + point.false_positives - last.false_positives;
    bin.rows += rows;
    bin.mean_predicted += rows * point.score;
    bin.observed_share += positives;
    last = point;
  }
  std::erase_if(table, [](const CalibrationBin& bin) { return bin.rows == 0; });
  for (CalibrationBin& bin : table) {
    bin.mean_predicted /= bin.rows;
    bin.observed_share /= bin.rows;
  }
  return table;
}

}  // namespace mlserve::metrics
