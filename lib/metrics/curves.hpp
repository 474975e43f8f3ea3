#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "metrics/ranking.hpp"

namespace mlserve::metrics {

/// A point of a curve and the threshold that leads to it: rows with that probability or more are
/// taken for the class; infinity where none is.
struct CurvePoint {
  double x;
  double y;
  double threshold;
};

/// False positive rate (x) and true positive rate (y) from (0, 0) to (1, 1), without points in the
/// middle of a straight line, as sklearn.metrics.roc_curve (whose first threshold is infinity since
/// 1.3). A rate is NaN where it has no row. Empty for no points.
std::vector<CurvePoint> roc_curve(std::span<const CutPoint> points);

/// Recall (x) and precision (y), from all rows to none, as sklearn.metrics.precision_recall_curve:
/// the last point is (0, 1) by convention; recall is 1 where the class has no row. Empty for no
/// points.
std::vector<CurvePoint> precision_recall_curve(std::span<const CutPoint> points);

/// At most `most` (2 or more) of the points, the first and the last among them, for a plot: the
/// others at about equal steps along the curve, so that steep parts keep theirs.
std::vector<CurvePoint> thinned(std::span<const CurvePoint> curve, std::size_t most);

}  // namespace mlserve::metrics
